import type { ClauseDeclaration } from '../../clause.ts';
import { ours, sdm, seed } from '../../source.ts';
import { guestSees, hypervised, reinjecting } from './holds-in.ts';

/** What follows for whole sequences. */
export const laws = {
  'guest-cannot-tell': {
    must: 'The guest reaches the same handlers, with the same frames and registers in the same order, as without a hypervisor.',
    source: [seed('000', 'what would happen if L0 were removed'), ours('INV-I5')],
    seenBy: ['delivery', 'guest'],
    profiles: reinjecting,
    aka: 'INV-I5',
  },
  'every-event-has-one-fate': {
    must: 'Every event that was taken, raised or injected is delivered, merged into #DF, superseded by a fault of its delivery, or ended by a triple fault: exactly one of these, and once.',
    source: [ours('INV-I1'), seed('004', 'must KVM inject a hardware exception')],
    seenBy: ['delivery', 'guest.flags'],
    profiles: guestSees,
    aka: 'INV-I1',
  },
  'obstacles-do-not-show-in-the-frame': {
    must: 'Return RIP, error code and RF of an event are the same however often its delivery was cut short.',
    source: [ours('INV-I4')],
    seenBy: ['delivery'],
    profiles: reinjecting,
    aka: 'INV-I4',
  },
  'finite-obstacles-finite-entries': {
    must: 'A delivery takes at most one entry more than it meets obstacles.',
    source: [ours('INV-I7')],
    seenBy: ['entry.count', 'exit.count'],
    profiles: reinjecting,
    aka: 'INV-I7',
  },
  'nothing-is-delivered-outside': {
    must: 'No handler is reached while the guest is outside: only entries bring it there.',
    source: [ours('INV-I2'), sdm('VM Entries')],
    seenBy: ['delivery', 'hypervisor.outside'],
    profiles: hypervised,
    aka: 'INV-I2',
  },
  'in-service-until-eoi': {
    must: 'A vector is in service from the moment it is taken to its EOI, whatever becomes of its delivery.',
    source: [ours('INV-I3'), sdm('Interrupt Acceptance for Fixed Interrupts')],
    seenBy: ['guest.isr'],
    aka: 'INV-I3',
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
