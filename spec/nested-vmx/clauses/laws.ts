import type { ClauseDeclaration } from '../../clause.ts';
import { ours, seed } from '../../source.ts';
import { nestedOnly } from './holds-in.ts';

/** What follows from the rules together: judged on traces, without a model. */
export const laws = {
  'nested-is-bare': {
    must: 'The observations of a sequence in the profile nested, without those of the events of L0, are the observations of the sequence without these events in the profile bare.',
    source: [
      ours('l0-is-invisible'),
      seed('000', 'How would things look like if the extra L0 hypervisor layer is removed'),
    ],
    seenBy: ['entry', 'delivery', 'exit', 'effects', 'readout', 'apic', 'levels', 'vmcs', 'pending', 'virtualApic'],
    profiles: nestedOnly,
    aka: 'NVMX-INJ-01',
  },
  'taken-was-accepted': {
    must: 'Up to any point the deliveries to L1 and L2, acknowledged exits and posted-interrupt processings of a vector of the local APIC, without those that L1 injected or L2 got virtually, are at most its acceptances.',
    source: [ours('acknowledged-exit-moves-irr-to-isr'), ours('direct-interrupt-is-acknowledged-once')],
    seenBy: ['delivery', 'exit', 'effects', 'apic'],
    aka: 'INV-N1',
  },
  'accepted-is-taken-or-pending': {
    must: 'After each acceptance of a vector it is in IRR, or has been delivered, acknowledged by an exit or processed since.',
    source: [ours('pending-interrupt-survives-level-changes'), seed('000', 'We need to remember the interrupt')],
    seenBy: ['delivery', 'exit', 'effects', 'apic'],
    aka: 'INV-N1',
  },
  'irr-to-isr-only-when-taken': {
    must: 'A bit goes from IRR to ISR exactly in an event that delivers the vector, or exits with it acknowledged or with it as IDT-vectoring information; never at an exit without acknowledge.',
    source: [ours('exit-without-acknowledge-leaves-it-pending'), ours('acknowledged-exit-moves-irr-to-isr')],
    seenBy: ['apic', 'delivery', 'exit'],
    aka: 'INV-N2',
  },
  'no-external-interrupt-in-l2-with-exiting': {
    must: 'With "external-interrupt exiting" an event of type 0 that reaches L2 is one that L1 injected or a virtual one.',
    source: [ours('exit-without-acknowledge-tells-no-vector'), ours('acknowledged-exit-tells-the-vector')],
    seenBy: ['delivery', 'apic', 'vmcs'],
    aka: 'INV-N3',
  },
  'taken-is-above-everything': {
    must: 'A vector of the local APIC that is taken was the highest in IRR, and of a class above that of TPR and of every vector in service.',
    source: [ours('highest-vector-is-delivered-first'), ours('delivery-compares-classes')],
    seenBy: ['delivery', 'exit', 'apic'],
    aka: 'INV-N4',
  },
  'information-is-valid-with-acknowledge-only': {
    must: 'An exit with reason 1 has a valid interruption information if and only if "acknowledge interrupt on exit" is 1.',
    source: [ours('exit-without-acknowledge-tells-no-vector'), ours('acknowledged-exit-tells-the-vector')],
    seenBy: ['exit', 'vmcs.controls'],
    aka: 'INV-N5',
  },
  'each-injection-has-one-fate': {
    must: 'Each VMLAUNCH or VMRESUME with a valid entry field delivers the event to L2, or exits with it as IDT-vectoring information, or makes an MTF exit pending, or fails and keeps the field.',
    source: [ours('injected-event-goes-before-exits'), ours('failed-entry-keeps-the-vmcs')],
    seenBy: ['entry', 'delivery', 'exit', 'vmcs'],
    aka: 'INV-N6',
  },
  'everything-is-taken-in-the-end': {
    must: 'After the last event from outside, an L1 that opens IF, ends each handler with EOI and IRET and has TPR 0 empties IRR within three boundaries for each vector pending or in service, and two for each entry.',
    source: [ours('l1-takes-it-when-it-opens'), seed('000', 'at that point L0 will gain control again and inject')],
    seenBy: ['apic.irr', 'apic.isr', 'delivery'],
    aka: 'INV-N7',
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
