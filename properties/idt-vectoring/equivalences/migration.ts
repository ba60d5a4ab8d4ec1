import { equivalence, type Side } from '../equivalence.ts';
import type { Pick } from './insert.ts';
import { WhatEverybodySees } from './what-the-guest-sees.ts';

/** Saves and restores at some places, most of all between an exit and its entry. */
function variant({ config, events }: Side, pick: Pick): Side | undefined {
  const rarity = 1 + pick(4);
  const at = events.length === 0 ? -1 : pick(events.length);
  return {
    config,
    events: events.flatMap((event, n) => (n === at || pick(rarity) === 0 ? [event, { kind: 'migrate' }] : [event])),
  };
}

/** IDT-31. */
export const migration = equivalence({
  id: 'migration-is-invisible',
  claim: 'A virtual machine that is saved and restored goes on as if it had not been.',
  judges: ['migration-is-invisible', 'migration-keeps-the-event-in-flight', 'migration-keeps-every-nmi'],
  needs: ['delivery', 'guest', 'pending', 'program', 'tables', 'hypervisor'],
  profiles: ['reinject', 'drop', 'drop-exceptions'],
  scenario: {
    name: 'a page fault that is in flight, and two NMIs',
    config: { intercepts: 'pf' },
    events: [{ kind: 'fault', vector: 14 }, { kind: 'nmi' }, { kind: 'nmi' }, { kind: 'nop' }, { kind: 'nop' }],
  },
  variant,
  project: WhatEverybodySees,
});
