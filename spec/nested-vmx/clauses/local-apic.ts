import type { ClauseDeclaration } from '../../clause.ts';
import { linux, sdm, seed } from '../../source.ts';

/** What L1's local APIC does, in words of its own; the names are those of `posted-interrupts`. */
export const localApic = {
  'acceptance-changes-irr-alone': {
    must: 'Acceptance of an interrupt sets its bit in IRR, whichever level runs, and does nothing else by itself: what follows is decided at a boundary.',
    source: [seed('000', 'When L0 wants to inject an interrupt'), sdm('Interrupt Acceptance for Fixed Interrupts')],
    seenBy: ['apic.irr', 'apic.isr', 'exit', 'delivery'],
    aka: 'NVMX-INJ-02',
  },
  'pending-vector-absorbs-another': {
    must: 'Acceptance of a vector whose bit in IRR is set is absorbed: one delivery or exit follows for both.',
    source: [sdm('Interrupt Acceptance for Fixed Interrupts')],
    seenBy: ['apic.irr', 'delivery', 'exit.information'],
  },
  'one-pending-while-one-in-service': {
    must: 'A vector in service can become pending once more, and is taken again after its EOI.',
    source: [sdm('Interrupt Acceptance for Fixed Interrupts')],
    seenBy: ['apic.irr', 'apic.isr', 'delivery', 'exit.information'],
  },
  'highest-vector-is-delivered-first': {
    must: 'Of several pending vectors the highest one is deliverable: priority among them is the whole vector.',
    source: [sdm('Interrupt, Task, and Processor Priority'), linux('kvm_cpu_get_interrupt')],
    seenBy: ['delivery', 'exit.information', 'apic'],
    aka: 'NVMX-INJ-03',
  },
  'delivery-compares-classes': {
    must: 'A vector is deliverable only if its class, bits 7:4, is greater than the class of PPR; the low halves do not count.',
    source: [sdm('Interrupt, Task, and Processor Priority')],
    seenBy: ['delivery', 'exit', 'apic'],
    aka: 'NVMX-INJ-03',
  },
  'ppr-is-the-greater-of-tpr-and-isr': {
    must: 'PPR is TPR where the class of TPR is greater than that of the highest vector in service, and that class with a low half of 0 where it is less.',
    source: [sdm('Task and Processor Priorities'), linux('__apic_update_ppr')],
    seenBy: ['apic.ppr', 'readout.ppr'],
    ambient: true,
  },
  'ppr-low-half-on-a-tie': {
    may: 'Where TPR and the highest vector in service are of one class, the low half of PPR is that of TPR or 0.',
    knob: 'pprOnTie',
    source: [sdm('Task and Processor Priorities')],
    seenBy: ['apic.ppr', 'readout.ppr'],
  },
  'eoi-clears-the-highest-in-service': {
    must: 'An EOI of L1, or one of L2 that L1 lets through, clears the highest bit of ISR, and nothing if there is none.',
    source: [sdm('Signaling Interrupt Servicing Completion')],
    seenBy: ['apic.isr', 'readout.isr'],
  },
  'level-eoi-is-broadcast': {
    must: 'The EOI of the level-triggered vector goes to the I/O APIC, which sends the interrupt again if the line is still high; that of an edge-triggered one goes nowhere.',
    source: [sdm('Signaling Interrupt Servicing Completion'), linux('kvm_ioapic_update_eoi_one')],
    seenBy: ['effects.broadcast', 'apic.irr', 'pending.flags'],
  },
  'unacknowledged-level-is-sent-once': {
    must: 'A level-triggered line sends no second interrupt while remote IRR is 1.',
    source: [linux('ioapic_service')],
    seenBy: ['apic.irr', 'pending.flags'],
  },
  'pic-bypasses-the-local-apic': {
    must: 'An interrupt of the 8259 is taken whatever TPR and ISR say, and leaves IRR and ISR as they are.',
    source: [sdm('Local Vector Table'), linux('kvm_cpu_get_extint')],
    seenBy: ['delivery', 'exit.information', 'apic.irr', 'apic.isr'],
    aka: 'NVMX-INJ-11, M-43',
  },
  'pic-goes-before-the-local-apic': {
    must: 'When the 8259 asserts and the local APIC has a deliverable vector, the vector of the 8259 is taken.',
    source: [linux('kvm_cpu_get_interrupt')],
    seenBy: ['delivery', 'exit.information', 'effects.acknowledged', 'apic'],
    aka: 'NVMX-INJ-03',
  },
  'withdrawn-pic-interrupt-is-gone': {
    must: 'A line that the 8259 takes back before it was acknowledged causes neither exit nor delivery.',
    source: [linux('vmx_check_nested_events'), sdm('Local Vector Table')],
    seenBy: ['exit', 'delivery', 'effects.acknowledged'],
  },
  'pic-is-acknowledged-once': {
    must: 'The 8259 is acknowledged exactly where its vector is delivered or stands in the exit interruption information; then it asserts no more.',
    source: [sdm('Acknowledge Interrupt on Exit'), linux('kvm_cpu_get_extint')],
    seenBy: ['effects.acknowledged', 'pending.flags'],
    aka: 'NVMX-INJ-11',
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
