import type { ClauseDeclaration } from '../../clause.ts';
import { code, linux, ours, sdm } from '../../source.ts';
import { hypervised } from './holds-in.ts';

/** What is taken between two instructions, in which order, and what holds it back. */
export const boundary = {
  'boundary-takes-one-event-by-rank': {
    must: 'At a boundary at most one event is taken: machine check, then debug trap, then NMI, then external interrupt.',
    source: [sdm('Priority Among Simultaneous Exceptions and Interrupts')],
    seenBy: ['delivery', 'pending'],
  },
  'external-needs-if-and-no-shadow': {
    must: 'An external interrupt is taken only with IF 1 and outside the shadows of STI and MOV SS.',
    source: [
      sdm('Masking Maskable Hardware Interrupts'),
      sdm('Masking Exceptions and Interrupts When Switching Stacks'),
    ],
    seenBy: ['delivery', 'pending.irr'],
  },
  'external-needs-a-higher-class': {
    must: 'An external interrupt is taken only if its class is higher than that of the highest vector in service, the highest vector first.',
    source: [sdm('Task and Processor Priorities')],
    seenBy: ['delivery', 'guest.isr', 'pending.irr'],
  },
  'external-is-acknowledged-once': {
    must: 'Its vector goes from IRR to ISR once, when it is taken; a vector that becomes pending again before that is absorbed.',
    source: [sdm('Interrupt Acceptance for Fixed Interrupts'), sdm('Virtual-Interrupt Delivery')],
    seenBy: ['guest.isr', 'pending.irr'],
    aka: 'IDT-07, M-28',
  },
  'eoi-ends-the-highest': {
    must: 'EOI clears the highest vector in service.',
    source: [sdm('Signaling Interrupt Servicing Completion')],
    seenBy: ['guest.isr'],
  },
  'extint-passes-by-the-apic': {
    must: 'A vector that did not come from the local APIC changes neither IRR nor ISR.',
    source: [sdm('Valid Interrupt Vectors'), linux('kvm_cpu_get_extint')],
    seenBy: ['guest.isr', 'pending.irr'],
    aka: 'M-43',
  },
  'sti-casts-a-shadow': {
    must: 'STI that sets IF from 0 holds external interrupts back until the next instruction completes or an event is delivered; STI with IF 1 casts none.',
    source: [sdm('Guest Non-Register State'), code('kvm-unit-tests', 'vmx_intr_window_test')],
    seenBy: ['guest.flags', 'delivery'],
  },
  'movss-casts-a-shadow': {
    must: 'MOV SS holds external interrupts, NMIs and debug traps back until the next instruction completes or an event is delivered.',
    source: [sdm('Masking Exceptions and Interrupts When Switching Stacks')],
    seenBy: ['guest.flags', 'delivery', 'pending.debug'],
  },
  'sti-and-nmi': {
    may: 'The STI shadow holds an NMI back, or does not.',
    knob: 'stiBlocksNmi',
    source: [
      sdm('Checks on Guest Non-Register State'),
      sdm('Changes to Instruction Behavior in VMX Non-Root Operation'),
    ],
    seenBy: ['delivery', 'pending.nmis'],
  },
  'nmi-blocked-from-delivery-to-iret': {
    must: 'NMIs are blocked from the moment an NMI is taken, before its delivery can be interrupted, to the next IRET, and exactly then.',
    source: [sdm('Handling Multiple NMIs'), sdm('Architectural State Before a VM Exit')],
    seenBy: ['guest.flags', 'delivery.flags', 'pending.nmis'],
    aka: 'IDT-07, INV-I6',
  },
  'iret-unblocks-nmis-even-if-it-faults': {
    must: 'IRET ends the blocking of NMIs before it reads the stack; a fault of the guest in it leaves them unblocked.',
    source: [sdm('Handling Multiple NMIs'), sdm('Changes to Instruction Behavior in VMX Non-Root Operation')],
    seenBy: ['guest.flags', 'delivery'],
    aka: 'IDT-26',
  },
  'nmis-are-counted-to-two': {
    must: 'Of several NMIs one is in service and one waits; two wait while none is in service; all others merge.',
    source: [
      sdm('Handling Multiple NMIs'),
      linux('process_nmi'),
      linux('7460fb4a3400: fix simultaneous NMIs'),
      code('kvm-unit-tests', 'eventinj'),
    ],
    seenBy: ['pending.nmis', 'delivery'],
    aka: 'IDT-27, M-42',
  },
  'virtual-nmi-by-window': {
    must: 'With virtual NMIs, a pending NMI exits with reason 8 as soon as it is not blocked, and is injected by the entry that follows.',
    source: [sdm('Other Causes of VM Exits'), linux('vmx_enable_nmi_window'), linux('f86368493ec0')],
    seenBy: ['exit.reason', 'entry.interruption'],
    profiles: hypervised,
  },
  'machine-check-sets-mcip': {
    must: 'A machine check that is taken sets MCIP before its delivery begins; its handler clears it.',
    source: [sdm('Machine-Check Global Status MSRs'), sdm('Interrupt 18—Machine-Check Exception (#MC)')],
    seenBy: ['guest.flags'],
  },
  'machine-check-in-progress-shuts-down': {
    must: 'A machine check that is taken with MCIP 1 shuts the processor down.',
    source: [sdm('IA32_MCG_STATUS MSR'), linux('kvm_vcpu_ioctl_x86_set_mce')],
    seenBy: ['guest.flags'],
  },
  'hlt-ends-with-an-event': {
    must: 'A halted processor executes nothing and goes on with any event that is taken or injected; RIP is past HLT.',
    source: [sdm('Effect of VM-Entry Event Injection on the Activity State'), sdm('Idle and Blocked Conditions')],
    seenBy: ['guest.flags', 'delivery.returnRip'],
    aka: 'IDT-25',
  },
  'delivery-discards-pending-debug': {
    must: 'Delivery of types 0, 2, 3 and 5 discards pending debug exceptions; types 4 and 6 keep them outside the MOV SS shadow.',
    source: [sdm('Vectored-Event Injection'), sdm('Pending Debug Exceptions')],
    seenBy: ['pending.debug', 'delivery'],
    aka: 'IDT-25',
  },
  'shutdown-is-final': {
    must: 'After shutdown no event reaches a handler any more.',
    source: [sdm('Interrupt 8—Double Fault Exception (#DF)'), ours('triple-fault')],
    seenBy: ['guest.flags', 'delivery'],
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
