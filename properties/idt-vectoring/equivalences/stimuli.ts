import type { IdtVectoringEvent } from '../../../spec/idt-vectoring/alphabet.ts';
import { equivalence, type Side } from '../equivalence.ts';
import type { Pick } from './insert.ts';
import { WhatEverybodySees } from './what-the-guest-sees.ts';

/** What waits for a boundary, or for a delivery, and is looked at there alone. */
const waiting: ReadonlySet<IdtVectoringEvent['kind']> = new Set([
  'external',
  'nmi',
  'machineCheck',
  'cure',
  'obstruct',
]);

const isSwappable = (one: IdtVectoringEvent, other: IdtVectoringEvent | undefined): boolean =>
  other !== undefined && one.kind !== other.kind && waiting.has(one.kind) && waiting.has(other.kind);

const isVectors = (one: IdtVectoringEvent, other: IdtVectoringEvent | undefined): boolean =>
  one.kind === 'external' && other?.kind === 'external' && one.vector !== other.vector;

/** Two that come between the same two boundaries change places. */
function variant({ config, events }: Side, pick: Pick): Side | undefined {
  const places = events.flatMap((event, at) => {
    const next = events[at + 1];
    return isSwappable(event, next) || isVectors(event, next) ? [at] : [];
  });
  if (places.length === 0) return undefined;
  const at = places[pick(places.length)]!;
  return { config, events: [...events.slice(0, at), events[at + 1]!, events[at]!, ...events.slice(at + 2)] };
}

/** What is taken first at a boundary follows from rank, not from arrival. */
export const stimuli = equivalence({
  id: 'order-of-arrival-does-not-count',
  claim: 'Of what comes between two boundaries the order does not matter.',
  judges: ['boundary-takes-one-event-by-rank', 'external-needs-a-higher-class', 'nmis-are-counted-to-two'],
  needs: ['delivery', 'guest', 'pending', 'program', 'tables', 'hypervisor'],
  scenario: {
    name: 'two interrupts and an NMI',
    events: [
      { kind: 'external', vector: 0x20 },
      { kind: 'nmi' },
      { kind: 'external', vector: 0x40 },
      { kind: 'nop' },
      { kind: 'iret', meets: 'nothing' },
      { kind: 'nop' },
    ],
  },
  variant,
  project: WhatEverybodySees,
});
