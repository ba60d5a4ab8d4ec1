import type { ClauseDeclaration } from '../../clause.ts';
import { code, linux, ours, sdm, seed } from '../../source.ts';

/** What the manuals leave open, what nobody can see, and what this alphabet does not say. */
export const excluded = {
  'no-hypervisor-acknowledges-on-exit': {
    undefined:
      'Whether any hypervisor sets "acknowledge interrupt on exit": none that the author knows; type-1 hypervisors such as Xen, says the reviewer.',
    excluded:
      'About programs, not about the machine: L1 may set the control, and acknowledged-exit-tells-the-vector holds.',
    source: [seed('000', 'no hypervisor that I know does'), seed('000', 'Kevin Tian: such as Xen')],
    aka: 'D-01',
  },
  'acknowledge-on-exit-is-not-offered': {
    undefined: 'The seed does not let L1 turn on "acknowledge interrupt on exit".',
    excluded: 'That was the state of 2011, and a limit of one implementation: here the control is always offered.',
    source: [seed('000', 'we do not allow the VM_EXIT_ACK_INTR_ON_EXIT'), linux('nested_vmx_setup_exit_ctls')],
    aka: 'D-01',
  },
  'wrapper-for-the-control': {
    undefined: 'Whether the test of the control is a function of its own or a case of a common one.',
    excluded: 'A matter of style.',
    source: [seed('000', 'Kevin Tian: could be a similar common wrapper like nested_cpu_has')],
  },
  'immediate-exit-overtakes-the-window': {
    undefined:
      "Linux makes an entry with an interrupt for L1 exit by the preemption timer of the hardware, which is of a higher rank than L1's interrupt window, and then reports reason 1.",
    excluded: 'Read in the source, not seen; the manual has the window first: window-goes-before-interrupt.',
    source: [linux('vmx_check_nested_events'), sdm('Other Causes of VM Exits')],
    aka: 'D-02',
  },
  'immediate-exit-overtakes-virtual-interrupts': {
    undefined: 'Linux looks at the interrupt for L1 before a virtual interrupt that L2 could take at the entry.',
    excluded:
      'Read in the source, not seen; the manual has the virtual interrupt first: virtual-interrupt-goes-before-exit. The profile kvm of posted-interrupts plays that order.',
    source: [linux('vmx_check_nested_events'), sdm('Virtual-Interrupt Delivery')],
    aka: 'D-03',
  },
  'remembered-notification': {
    undefined: 'Linux remembers a notification for L2 beside the local APIC of L1.',
    excluded:
      'A short cut of one implementation: notification-obeys-l1-priority and notification-waits-in-irr are the rule. The profile kvm of posted-interrupts plays it.',
    source: [linux('vmx_deliver_nested_posted_interrupt')],
    aka: 'D-24',
  },
  'pending-and-in-flight-in-one-flag': {
    undefined:
      'Whether one flag of L0 stands for an interrupt that is pending and for one whose delivery was interrupted.',
    excluded:
      'State of L0. What it must not cause is in-flight-event-is-delivered-first and interrupted-exit-is-never-vectoring.',
    source: [linux('kvm_cpu_has_extint')],
    aka: 'D-07',
  },
  'system-management-interrupts': {
    undefined: 'SMIs, and their rank above MTF and debug traps.',
    excluded: 'System-management mode is not in this alphabet.',
    source: [sdm('Default Treatment of SMI Delivery'), linux('vmx_check_nested_events')],
    aka: 'D-05',
  },
  'machine-checks': {
    undefined: 'Machine-check exceptions, RESET and triple faults.',
    excluded: 'Not in this alphabet.',
    source: [sdm('Priority Among Simultaneous Exceptions and Interrupts')],
  },
  'debug-traps': {
    undefined:
      'Single-step traps, breakpoints and pending debug exceptions, between MTF and the preemption timer in rank.',
    excluded: 'RFLAGS.TF and the debug registers stay 0; the field of pending debug exceptions too.',
    source: [sdm('Pending Debug Exceptions'), sdm('Delivery of Pending Debug Exceptions after VM Entry')],
  },
  'exceptions-in-delivery': {
    undefined: 'Exceptions during the delivery of an event, double faults, and what L0 re-injects of them.',
    excluded: 'The system idt-vectoring; here nothing but an EPT violation interrupts a delivery.',
    source: [sdm('Information for VM Exits That Occur During Event Delivery')],
  },
  'other-exit-fields': {
    undefined:
      'Guest-physical and guest-linear address, RFLAGS.RF, segments, control registers and the rest of the state that an exit saves.',
    excluded: 'The system vmcs12.',
    source: [sdm('Saving Guest State')],
  },
  'timer-value-after-an-exit': {
    undefined: 'What an exit saves as the value of the VMX-preemption timer.',
    excluded: 'Time is not measured here, and "save VMX-preemption timer value" stays 0.',
    source: [sdm('VMX-Preemption Timer')],
  },
  'msr-load-failures': {
    undefined: 'Failed entries by the MSR-load list (reason 34), VMfailInvalid, launch state.',
    excluded: 'The system vmcs12.',
    source: [sdm('VM-Entry Failures During or After Loading Guest State')],
  },
  'mtf-exit-and-higher-rank': {
    undefined: 'Whether a pending MTF exit outlives an exit of higher rank.',
    excluded: 'The manual does not say; here every exit ends it, and L1 does not see MTF in what is saved.',
    source: [sdm('Monitor Trap Flag'), linux('vmx_check_nested_events')],
  },
  'consecutive-mov-ss': {
    undefined: 'Whether a MOV to SS right after another one blocks too.',
    excluded: 'Only the first is sure to block; the second is skipped.',
    source: [sdm('Masking Exceptions and Interrupts When Switching Stacks'), code('Bochs', 'inhibit_interrupts')],
  },
  'moment-of-acceptance': {
    undefined: 'When an interrupt that a device has sent becomes pending in the local APIC.',
    excluded: 'It is pending after the event that sends it; what L0 does meanwhile is an event of its own.',
    source: [ours('acceptance-changes-irr-alone')],
  },
  'eoi-exit-bitmap': {
    undefined: 'EOI-exit bitmap, TPR threshold, APIC-register virtualization and self-IPIs of L2.',
    excluded: 'The system posted-interrupts; here the bitmap and the threshold are 0.',
    source: [sdm('Virtualizing MSR-Based APIC Accesses')],
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
