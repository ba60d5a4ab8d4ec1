import type { ClauseDeclaration } from '../../clause.ts';
import { code, linux, sdm, seed } from '../../source.ts';
import { hypervised, kvmOnly, sdmOnly } from './holds-in.ts';

/** Posted interrupts that L1 uses for L2. */
export const nested = {
  'nested-notification-is-consumed': {
    must: "L1's notification vector that is deliverable while L2 runs is taken out of IRR of L1, and posted-interrupt processing happens for L2, without an exit to L1; ISR and PPR of L1 do not change.",
    source: [
      sdm('Posted-Interrupt Processing'),
      linux('25bb2cf97139: Morph notification vector IRQ on nested VM-Enter to pending PI'),
      linux("f729851189d5: Don't move VMX's nested PI notification vector from IRR to ISR"),
    ],
    seenBy: ['effects.consumed', 'apic.irr', 'apic.isr', 'nested', 'exit.l1Reason'],
    profiles: hypervised,
    aka: 'PI-20',
  },
  'nested-notification-pending-at-entry': {
    must: "L1's notification vector that is pending when L1 enters L2 is consumed at the first boundary of L2, without an exit.",
    source: [
      sdm('Posted-Interrupt Processing'),
      linux('25bb2cf97139: Morph notification vector IRQ on nested VM-Enter to pending PI'),
    ],
    seenBy: ['effects.consumed', 'exit.l1Reason'],
    profiles: hypervised,
    aka: 'PI-20',
  },
  'nested-notification-is-ordinary-at-l1': {
    must: "While L1 runs, L1's notification vector is an interrupt for its IDT like any other.",
    source: [sdm('Posted-Interrupt Processing')],
    seenBy: ['delivery', 'apic.isr'],
    profiles: hypervised,
    aka: 'PI-20',
  },
  'nested-notification-obeys-l1-priority': {
    must: "L1's notification vector is consumed only if it is the highest pending vector of L1 and above PPR of L1.",
    source: [seed('000', 'what would happen if L0 were removed'), sdm('Interrupt, Task, and Processor Priority')],
    seenBy: ['effects.consumed', 'apic.irr'],
    profiles: sdmOnly,
    aka: 'PI-21',
  },
  'nested-notification-passes-by-l1': {
    must: 'A notification that is sent while L2 runs is remembered outside IRR of L1, whatever PPR of L1, and is processed at the next entry of L2, or by the processor in L2.',
    source: [linux('vmx_deliver_nested_posted_interrupt'), linux('vmx_complete_nested_posted_interrupt')],
    seenBy: ['nested', 'apic.irr', 'effects.sent'],
    profiles: kvmOnly,
    aka: 'D-24',
  },
  'remembered-notification-is-dropped-at-entry': {
    must: 'A notification remembered from before an exit to L1 is dropped when L1 enters L2 again.',
    source: [linux('nested_vmx_enter_non_root_mode')],
    seenBy: ['nested.flags', 'nested.pir'],
    profiles: kvmOnly,
    aka: 'D-24',
  },
  'nested-processing-fills-the-page-of-l2': {
    must: 'Posted-interrupt processing for L2 moves PIR of its descriptor into VIRR of its page, and raises RVI to the highest bit found.',
    source: [sdm('Posted-Interrupt Processing'), linux('vmx_complete_nested_posted_interrupt')],
    seenBy: ['nested'],
    profiles: hypervised,
    aka: 'PI-20',
  },
  'virtual-interrupt-of-l2-goes-first': {
    must: 'A virtual interrupt that L2 can take at its entry is delivered before an external interrupt makes it exit to L1 or is consumed.',
    source: [sdm('Virtual-Interrupt Delivery')],
    seenBy: ['delivery', 'exit.l1Reason'],
    profiles: sdmOnly,
    aka: 'D-03',
  },
  'exit-to-l1-goes-first': {
    must: 'An interrupt for L1 is looked at before the entry of L2; a virtual interrupt that L2 could take stays in RVI.',
    source: [linux('vmx_check_nested_events')],
    seenBy: ['delivery', 'exit.l1Reason', 'nested.rvi'],
    profiles: kvmOnly,
    aka: 'D-03',
  },
  'interrupt-for-l1-exits-acknowledged': {
    must: 'Any other deliverable vector of L1 makes L2 exit to L1 with reason 1, moves from IRR to ISR of L1, and stands in the exit interruption information.',
    source: [sdm('Acknowledge Interrupt on Exit'), sdm('Information for VM Exits Due to Vectored Events')],
    seenBy: ['exit.l1Reason', 'exit.l1Interruption', 'apic.irr', 'apic.isr'],
    profiles: hypervised,
  },
  'hidden-interrupt-for-l1-waits': {
    must: 'A vector that is not above PPR of L1 makes L2 not exit.',
    source: [seed('000', 'highest unmasked bit of the pending vectors')],
    seenBy: ['exit.l1Reason', 'apic.irr'],
    profiles: hypervised,
  },
  'acknowledged-vector-reaches-svi': {
    must: 'When L1 runs again SVI and RVI are those of L1: what was acknowledged for the exit is in service.',
    source: [linux('update_vmcs01_hwapic_isr'), code('Xen', 'x86/nvmx: only update SVI when using Ack on exit')],
    seenBy: ['virtualApic.svi', 'virtualApic.rvi', 'apic.ppr'],
    profiles: hypervised,
  },
  'l1-starts-with-interrupts-off': {
    must: 'After an exit to L1 IF is 0: nothing is delivered to L1 before it executes STI.',
    source: [sdm('Loading Host RIP, RSP, and RFLAGS'), seed('000', 'L1 runs with interrupts disabled')],
    seenBy: ['core.flags', 'delivery'],
    profiles: hypervised,
  },
  'physical-exit-of-l2-is-invisible': {
    must: 'An exit of L2 that L0 handles changes nothing that L1 or L2 can see.',
    source: [seed('000', 'what would happen if L0 were removed')],
    seenBy: ['nested', 'apic', 'exit.l1Reason'],
    profiles: hypervised,
  },
  'l1-post-does-not-reach-l2': {
    must: "What is posted for L1 while L2 runs is neither merged into L2's page nor delivered to L2; physical notification makes L2 leave the guest.",
    source: [linux('vmx_sync_pir_to_irr'), sdm('Posted-Interrupt Processing')],
    seenBy: ['nested', 'exit.reason'],
    profiles: hypervised,
    aka: 'PI-09',
  },
  'eoi-bitmap-of-l0-does-not-leak': {
    must: "An EOI in L2 obeys L1's EOI-exit bitmap, which is empty, and not that of L0.",
    source: [code('kvm-unit-tests', 'vmx_eoi_bitmap_ioapic_scan_test')],
    seenBy: ['exit', 'nested.isr'],
    profiles: hypervised,
    aka: 'PI-22',
  },
  'accesses-of-l2-stay-with-l2': {
    must: 'TPR, EOI, self-IPI and reads of L2 act on the page that L1 gave it, without an exit; the registers of L1 do not change.',
    source: [sdm('Virtualizing MSR-Based APIC Accesses'), sdm('Virtualizing Memory-Mapped APIC Accesses')],
    seenBy: ['nested', 'apic', 'exit.reason', 'reply.value'],
    profiles: hypervised,
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
