import type { IdtVectoringEvent } from '../../../spec/idt-vectoring/alphabet.ts';
import { configuration } from '../../../spec/idt-vectoring/configuration.ts';
import { equivalence, type Side } from '../equivalence.ts';
import type { Pick } from './insert.ts';
import { endsInside, Simulation } from './simulation.ts';
import { WhatTheGuestSees } from './what-the-guest-sees.ts';

const needs = ['delivery', 'guest', 'pending', 'program', 'tables', 'hypervisor'] as const;
const profiles = ['reinject'] as const;

/** One of the values that the sequence does not have. */
function another<const T>(values: readonly T[], value: T, pick: Pick): T {
  const others = values.filter((other) => other !== value);
  return others[pick(others.length)]!;
}

const played = ({ config, events }: Side): Side => {
  const simulation = new Simulation(config);
  for (const event of events) simulation.offer(event);
  return simulation.settled();
};

/** INV-I5, of interception. */
export const interception = equivalence({
  id: 'interception-does-not-show',
  claim: 'Exceptions that exit and are given back reach the guest as if they had not exited.',
  judges: [
    'reflected-exception-is-given-to-the-guest',
    'direct-exit-writes-nothing',
    'nested-fault-of-the-guest-merges-with-exception',
    'iret-reflected-leaves-nmis-unblocked',
  ],
  needs,
  profiles,
  scenario: {
    name: 'a fault whose delivery meets another one, and general detect',
    events: [
      { kind: 'movdr', to: 'gd' },
      { kind: 'movdr', to: 'dr6' },
      { kind: 'spoil', fault: 'np', found: 'processor' },
      { kind: 'fault', vector: 14 },
    ],
  },
  variant(side, pick) {
    if (!endsInside(side)) return undefined;
    const intercepts = another(configuration.intercepts.values, side.config.intercepts, pick);
    return played({ config: { ...side.config, intercepts }, events: side.events });
  },
  project: WhatTheGuestSees,
});

/** INV-I6, of who blocks NMIs. */
export const virtualNmis = equivalence({
  id: 'virtual-nmis-do-not-show',
  claim: 'NMIs that the hypervisor injects reach the guest as those that the processor takes.',
  judges: ['virtual-nmi-by-window', 'nmi-blocked-from-delivery-to-iret', 'injection-of-nmi-blocks-nmis'],
  needs,
  profiles,
  scenario: {
    name: 'three NMIs, one in the shadow of STI',
    events: [
      { kind: 'cli' },
      { kind: 'sti' },
      { kind: 'nmi' },
      { kind: 'nop' },
      { kind: 'nmi' },
      { kind: 'nmi' },
      { kind: 'nop' },
      { kind: 'iret', meets: 'nothing' },
      { kind: 'nop' },
    ],
  },
  variant(side, pick) {
    if (!endsInside(side)) return undefined;
    return played({
      config: { ...side.config, nmi: another(configuration.nmi.values, side.config.nmi, pick) },
      events: side.events,
    });
  },
  project: WhatTheGuestSees,
});

const found = (event: IdtVectoringEvent, pick: Pick): IdtVectoringEvent =>
  event.kind === 'spoil' && pick(2) === 0
    ? { ...event, found: event.found === 'processor' ? 'hypervisor' : 'processor' }
    : event;

/** IDT-22. */
export const emulation = equivalence({
  id: 'who-finds-a-fault-does-not-show',
  claim: 'A fault of a delivery is the same fault, whether the processor finds it or a hypervisor that emulates.',
  judges: [
    'fault-found-by-emulation-is-a-nested-fault',
    'nested-fault-of-the-guest-supersedes-others',
    'nested-fault-of-the-guest-merges-with-exception',
  ],
  needs,
  profiles,
  scenario: {
    name: '#NP of a delivery, then two that make #DF',
    events: [
      { kind: 'spoil', fault: 'np', found: 'processor' },
      { kind: 'int3' },
      { kind: 'spoil', fault: 'pf', found: 'processor' },
      { kind: 'fault', vector: 14 },
    ],
  },
  variant(side, pick) {
    if (!endsInside(side)) return undefined;
    const events = side.events.map((event) => found(event, pick));
    if (events.every((event, n) => event === side.events[n])) return undefined;
    return played({ config: side.config, events });
  },
  project: WhatTheGuestSees,
});
