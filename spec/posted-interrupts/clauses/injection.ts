import type { ClauseDeclaration } from '../../clause.ts';
import { code, linux, sdm, seed } from '../../source.ts';
import { hypervised, sdmOnly, whole } from './holds-in.ts';

/** What software does where the processor does not deliver virtual interrupts, and the exits on its way. */
export const injection = {
  'injection-commits-the-vector': {
    must: 'A vector moves from IRR to ISR when it is chosen for injection. If the entry is called off it is injected at the next one, and never returns to IRR.',
    source: [linux('kvm_cpu_get_interrupt'), linux('vmx_cancel_injection')],
    seenBy: ['apic.irr', 'apic.isr', 'core.inflight'],
    profiles: hypervised,
    aka: 'APIC-08',
  },
  'committed-event-goes-first': {
    must: 'An event in flight is injected before anything else, also before a higher vector that has become pending since.',
    source: [linux('kvm_check_and_inject_events'), seed('004', 'a vectored external interrupt must be re-injected')],
    seenBy: ['delivery', 'core.inflight'],
    profiles: hypervised,
    aka: 'APIC-08',
  },
  'reinjection-acknowledges-nothing': {
    must: 'Injecting an event in flight changes none of IRR, ISR, RVI and SVI.',
    source: [sdm('Virtual-Interrupt Delivery'), linux('vmx_complete_interrupts')],
    seenBy: ['apic.irr', 'apic.isr', 'virtualApic'],
    profiles: hypervised,
    aka: 'VID-08',
  },
  'interrupted-delivery-is-reported': {
    must: 'A VM exit during the delivery of an event reports that event in the IDT-vectoring information; the event has not reached its handler.',
    source: [
      sdm('Information for VM Exits That Occur During Event Delivery'),
      seed('004', 'IDT-vectoring information'),
    ],
    seenBy: ['exit.idtVectoring', 'delivery', 'core.inflight'],
    profiles: hypervised,
    aka: 'VID-08',
  },
  'interrupted-delivery-has-acknowledged': {
    must: 'A virtual interrupt whose delivery exits is in service already: IRR, ISR, RVI, SVI and VPPR are as after its delivery.',
    source: [sdm('Virtual-Interrupt Delivery')],
    seenBy: ['apic', 'virtualApic'],
    profiles: hypervised,
    aka: 'VID-08',
  },
  'one-event-is-injected-per-entry': {
    must: 'An entry injects one event at the most: an event in flight, else an NMI, else an interrupt.',
    source: [sdm('VM-Entry Controls for Event Injection'), linux('kvm_check_and_inject_events')],
    seenBy: ['delivery', 'core.flags'],
    profiles: hypervised,
  },
  'nmi-window-opens-for-a-waiting-nmi': {
    must: 'An NMI that had to wait for an event in flight makes the guest exit before its next instruction.',
    source: [sdm('Other Causes of VM Exits'), linux('kvm_check_and_inject_events')],
    seenBy: ['exit.reason'],
    profiles: hypervised,
  },
  'closed-guest-gets-no-interrupt': {
    must: 'No interrupt is injected or delivered while IF is 0, or in blocking by STI or MOV SS.',
    source: [
      sdm('Masking Maskable Hardware Interrupts'),
      sdm('Virtual-Interrupt Delivery'),
      sdm('Checks on Guest RIP and RFLAGS'),
    ],
    seenBy: ['delivery'],
    profiles: whole,
    aka: 'APIC-09',
  },
  'waiting-interrupt-requests-a-window': {
    must: 'Without APICv, an entry that leaves a deliverable vector behind sets "interrupt-window exiting", and any other entry clears it.',
    source: [linux('kvm_check_and_inject_events')],
    seenBy: ['virtualApic.flags'],
    profiles: hypervised,
    aka: 'APIC-09',
  },
  'open-window-exits': {
    must: 'With "interrupt-window exiting" the guest exits at the first boundary with IF 1 and no blocking by STI or MOV SS.',
    source: [sdm('Other Causes of VM Exits')],
    seenBy: ['exit.reason'],
    profiles: whole,
    aka: 'APIC-09',
  },
  'threshold-is-the-class-that-tpr-hides': {
    must: 'Without APICv the TPR threshold at an entry is the class of the highest pending vector if that is not above the class of TPR, else 0.',
    source: [linux('vmx_update_cr8_intercept'), code('ACRN', 'fix a bug that tpr threshold is not updated')],
    seenBy: ['virtualApic.threshold'],
    profiles: hypervised,
    aka: 'APIC-09',
  },
  'tpr-below-threshold-exits': {
    must: 'Without virtual-interrupt delivery a virtualized write that takes TPR[7:4] below the threshold completes, and exits.',
    source: [sdm('TPR Virtualization')],
    seenBy: ['exit.reason', 'apic.tpr'],
    profiles: whole,
    aka: 'VID-03',
  },
  'tpr-shadow-virtualizes-tpr': {
    must: 'With "use TPR shadow" reads and writes of TPR and CR8 do not exit, except below the threshold.',
    source: [sdm('Virtualizing CR8-Based TPR Accesses'), sdm('TPR Virtualization')],
    seenBy: ['exit.reason', 'reply.value'],
    profiles: whole,
    aka: 'APIC-09',
  },
  'cr8-exits-without-tpr-shadow': {
    must: 'Without "use TPR shadow" MOV to and from CR8 exit with reason 28; the qualification names CR8 and the direction.',
    source: [sdm('Exit Qualification for Control-Register Accesses')],
    seenBy: ['exit'],
    profiles: sdmOnly,
  },
  'x2apic-access-exits-as-msr': {
    must: 'An access with x2APIC that the processor does not virtualize exits with reason 31 or 32.',
    source: [sdm('Virtualizing MSR-Based APIC Accesses'), seed('003', 'writing ICR exits')],
    seenBy: ['exit'],
    profiles: whole,
  },
  'xapic-access-exits-with-its-offset': {
    must: 'An access with xAPIC that the processor does not virtualize exits with reason 44; the qualification holds page offset and direction.',
    source: [sdm('Exit Qualification for APIC-Access VM Exits')],
    seenBy: ['exit'],
    profiles: whole,
  },
  'xapic-write-exits-after-the-write': {
    must: 'With APICv and xAPIC a write of ICR or SVR exits with reason 56, trap-like; the qualification is the page offset.',
    source: [sdm('APIC-Write VM Exits')],
    seenBy: ['exit'],
    profiles: hypervised,
  },
  'hlt-exits-or-halts': {
    must: 'HLT exits with reason 12 with "HLT exiting", and halts in the guest without.',
    source: [sdm('Instructions That Cause VM Exits Conditionally')],
    seenBy: ['exit', 'core.flags'],
    profiles: whole,
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
