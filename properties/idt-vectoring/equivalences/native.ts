import { alphabet, type IdtVectoringEvent } from '../../../spec/idt-vectoring/alphabet.ts';
import { configuration, type IdtVectoringConfiguration } from '../../../spec/idt-vectoring/configuration.ts';
import { equivalence, type Side } from '../equivalence.ts';
import { insertInto, type Pick } from './insert.ts';
import { endsInside } from './simulation.ts';
import { WhatTheGuestSees } from './what-the-guest-sees.ts';

const isOfHypervisor = ({ kind }: IdtVectoringEvent): boolean => alphabet[kind].by === 'hypervisor';

/** The machine without its hypervisor; or a hypervisor around the machine, with its obstacles. */
function variant(side: Side, pick: Pick): Side | undefined {
  const { config, events } = side;
  if (config.profile === 'native') {
    const hypervised = {
      ...config,
      profile: 'reinject',
      intercepts: configuration.intercepts.values[pick(configuration.intercepts.values.length)]!,
      nmi: configuration.nmi.values[pick(configuration.nmi.values.length)]!,
    } as const satisfies IdtVectoringConfiguration;
    return insertInto({ config: hypervised, events }, pick);
  }
  if (!endsInside(side)) return undefined;
  const native = { ...config, profile: 'native', intercepts: 'none', nmi: 'direct' } as const;
  return { config: native, events: events.filter((event) => !isOfHypervisor(event)) };
}

/** INV-I5. */
export const native = equivalence({
  id: 'native-is-reinject',
  claim: 'With a hypervisor that injects again, whatever lies in the way, the guest sees what it sees without one.',
  judges: ['guest-cannot-tell', 'every-event-has-one-fate', 'obstacles-do-not-show-in-the-frame'],
  needs: ['delivery', 'guest', 'pending', 'program', 'tables'],
  profiles: ['reinject', 'native'],
  scenario: {
    name: 'a page fault, an interrupt and an NMI',
    events: [
      { kind: 'fault', vector: 14 },
      { kind: 'external', vector: 0x31 },
      { kind: 'sti' },
      { kind: 'nmi' },
      { kind: 'nop' },
      { kind: 'iret', meets: 'nothing' },
    ],
  },
  variant,
  project: WhatTheGuestSees,
});
