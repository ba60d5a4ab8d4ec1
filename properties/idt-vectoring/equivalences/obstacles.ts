import { equivalence, type Side } from '../equivalence.ts';
import { insertInto, type Pick } from './insert.ts';
import { endsInside } from './simulation.ts';
import { WhatTheGuestSees } from './what-the-guest-sees.ts';

const variant = (side: Side, pick: Pick): Side | undefined => (endsInside(side) ? insertInto(side, pick) : undefined);

/** INV-I4. */
export const obstacles = equivalence({
  id: 'obstacles-do-not-show',
  claim: 'Obstacles, exits and migrations anywhere in a sequence change nothing that the guest sees.',
  judges: ['obstacles-do-not-show-in-the-frame', 'repeated-obstacles-repeat-injection', 'guest-cannot-tell'],
  needs: ['delivery', 'guest', 'pending', 'program', 'tables', 'hypervisor'],
  profiles: ['reinject'],
  scenario: {
    name: 'a soft event, a page fault, an NMI',
    events: [{ kind: 'int3' }, { kind: 'fault', vector: 14 }, { kind: 'nmi' }, { kind: 'nop' }],
  },
  variant,
  project: WhatTheGuestSees,
});
