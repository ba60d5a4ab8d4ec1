import type { ClauseDeclaration } from '../../clause.ts';
import { linux, ours, sdm, seed } from '../../source.ts';

/** Virtual-interrupt delivery and posted interrupts that L1 gives L2; the rest of their rules is in `posted-interrupts`. */
export const virtualInterrupts = {
  'entry-evaluates-rvi': {
    must: 'Entry with "virtual-interrupt delivery" virtualizes PPR and recognizes RVI if its class is above that of VPPR, unless "interrupt-window exiting" is 1.',
    source: [sdm('VM Entries and the Guest Interrupt Status'), sdm('Evaluation of Pending Virtual Interrupts')],
    seenBy: ['virtualApic', 'delivery'],
  },
  'virtual-interrupt-is-delivered-without-exit': {
    must: 'A recognized virtual interrupt is delivered to L2 at the first boundary with IF 1 and without blocking, wakes it from HLT, and moves from VIRR to VISR; RVI, SVI and VPPR follow.',
    source: [sdm('Virtual-Interrupt Delivery')],
    seenBy: ['delivery', 'virtualApic'],
  },
  'accesses-of-l2-stay-with-l2': {
    must: 'With "virtual-interrupt delivery" EOI and TPR of L2 that are let through act on its virtual-APIC page and evaluate; the local APIC of L1 does not change.',
    source: [sdm('Virtualizing MSR-Based APIC Accesses'), sdm('EOI Virtualization'), sdm('TPR Virtualization')],
    seenBy: ['virtualApic', 'apic', 'exit'],
  },
  'rvi-waits-for-an-evaluation': {
    must: 'RVI that L1 has raised is not looked at before the next entry; STI and IRET of L2 evaluate nothing.',
    source: [sdm('Evaluation of Pending Virtual Interrupts')],
    seenBy: ['virtualApic.flags', 'delivery'],
  },
  'exit-ends-recognition': {
    must: 'After an exit nothing is recognized; RVI and SVI stay in the VMCS as they are.',
    source: [sdm('Recognition of Virtual Interrupts')],
    seenBy: ['virtualApic'],
  },
  'notification-is-processed-without-exit': {
    must: 'L1\'s notification vector that is deliverable while L2 runs with "process posted interrupts" leaves IRR without entering ISR, ON is cleared, PIR goes into VIRR, and RVI is raised to its highest bit; there is no exit.',
    source: [
      sdm('Posted-Interrupt Processing'),
      linux('25bb2cf97139: Morph notification vector IRQ on nested VM-Enter to pending PI'),
    ],
    seenBy: ['effects.processed', 'apic', 'virtualApic', 'exit'],
    aka: 'NVMX-INJ-18',
  },
  'processing-leaves-l2-halted': {
    must: 'Posted-interrupt processing does not end HLT; the virtual interrupt that it makes pending does, if L2 can take it.',
    source: [sdm('Posted-Interrupt Processing')],
    seenBy: ['levels.activity', 'delivery'],
  },
  'other-vectors-exit': {
    must: 'Any other vector, and the 8259, exits acknowledged with "process posted interrupts" too.',
    source: [sdm('Posted-Interrupt Processing')],
    seenBy: ['exit.information', 'effects.processed'],
    aka: 'NVMX-INJ-18',
  },
  'notification-obeys-l1-priority': {
    must: "L1's notification vector is processed only if it is deliverable in L1's local APIC like any other vector.",
    source: [seed('000', 'what would happen if L0 were removed'), sdm('Interrupt, Task, and Processor Priority')],
    seenBy: ['effects.processed', 'apic.irr'],
    aka: 'D-24',
  },
  'notification-waits-in-irr': {
    must: "L1's notification vector that comes while L1 runs, or is pending when L2 exits, is an interrupt for L1's IDT like any other, until L2 consumes it.",
    source: [sdm('Posted-Interrupt Processing'), ours('acceptance-changes-irr-alone')],
    seenBy: ['apic.irr', 'delivery'],
    aka: 'D-24',
  },
  'posting-alone-reaches-nobody': {
    must: 'PIR and ON that another agent sets stay in memory until the notification is processed.',
    source: [sdm('Posted-Interrupt Processing')],
    seenBy: ['virtualApic'],
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
