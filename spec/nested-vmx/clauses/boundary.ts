import type { ClauseDeclaration } from '../../clause.ts';
import { code, linux, sdm, seed } from '../../source.ts';

/** What comes first where several things wait, windows, monitor trap flag and timer. */
export const boundary = {
  'one-action-at-a-boundary': {
    must: 'At a boundary at most one thing happens; what waits behind it is looked at again at the next one, with the state as it is then.',
    source: [sdm('Priority Among Simultaneous Exceptions and Interrupts')],
    seenBy: ['delivery', 'exit', 'apic', 'pending'],
  },
  'init-goes-before-the-rest': {
    must: 'INIT goes before MTF, timer, windows, NMIs and interrupts.',
    source: [sdm('Priority Among Simultaneous Exceptions and Interrupts')],
    seenBy: ['exit.reason', 'pending'],
  },
  'mtf-goes-before-timer-and-interrupts': {
    must: 'A pending MTF exit goes before timer, windows, NMIs and interrupts.',
    source: [sdm('Monitor Trap Flag')],
    seenBy: ['exit.reason', 'pending', 'apic'],
  },
  'timer-goes-before-windows-and-interrupts': {
    must: 'The exit of the VMX-preemption timer goes before windows, NMIs and interrupts.',
    source: [sdm('VMX-Preemption Timer'), sdm('VM Exits Induced by the VMX-Preemption Timer')],
    seenBy: ['exit.reason', 'pending', 'apic'],
  },
  'nmi-goes-before-interrupts': {
    must: 'An NMI goes before an external interrupt and a virtual one, whatever the controls: one that is delivered to L2 is followed by the exit at the first instruction of its handler.',
    source: [sdm('Priority Among Simultaneous Exceptions and Interrupts'), linux('vmx_check_nested_events')],
    seenBy: ['delivery', 'exit', 'exit.position'],
  },
  'nmi-window-goes-before-the-nmi': {
    must: 'With "NMI-window exiting" and no virtual-NMI blocking the window exit goes before an NMI that is pending.',
    source: [sdm('NMI-Window Exiting')],
    seenBy: ['exit.reason', 'pending.flags'],
  },
  'window-goes-before-interrupt': {
    must: 'With "interrupt-window exiting", IF 1 and no blocking the window exit goes before an external interrupt, whose exit follows at the next entry.',
    source: [sdm('Other Causes of VM Exits'), linux('nested_vmx_l1_wants_exit')],
    seenBy: ['exit.reason', 'apic'],
    aka: 'NVMX-INJ-16, D-02',
  },
  'virtual-interrupt-goes-before-exit': {
    must: 'A recognized virtual interrupt that L2 can take goes before an external interrupt, whose exit then has the first instruction of the handler as position.',
    source: [sdm('Virtual-Interrupt Delivery'), sdm('Recognition of Virtual Interrupts')],
    seenBy: ['delivery', 'exit', 'exit.position'],
    aka: 'NVMX-INJ-17, D-03',
  },
  'interrupt-window-opens': {
    must: 'With "interrupt-window exiting" L2 exits with reason 7 at the first boundary with IF 1 and without blocking, in HLT too, pending interrupt or not.',
    source: [sdm('Interrupt-Window Exiting'), code('kvm-unit-tests', 'vmx_intr_window_test')],
    seenBy: ['exit.reason', 'exit.position'],
    aka: 'NVMX-INJ-15',
  },
  'window-of-l1-is-reported-only-if-asked': {
    must: 'Reason 7 and 8 are reported to L1 only with its own "interrupt-window exiting" and "NMI-window exiting"; they acknowledge nothing, and stay armed.',
    source: [
      seed('000', 'it turns on the interrupt window when running L1'),
      seed('000', 'the extra interrupt-window exit incurred'),
      linux('nested_vmx_l1_wants_exit'),
    ],
    seenBy: ['exit.reason', 'vmcs.controls', 'apic'],
    aka: 'NVMX-INJ-15',
  },
  'nmi-window-opens': {
    must: 'With "NMI-window exiting" L2 exits with reason 8 at the first boundary without virtual-NMI blocking and blocking by MOV SS, in HLT and shutdown too.',
    source: [sdm('NMI-Window Exiting')],
    seenBy: ['exit.reason', 'exit.position'],
  },
  'mtf-exits-after-each-instruction': {
    must: 'With "monitor trap flag" L2 exits with reason 37 at the boundary after each instruction that completes.',
    source: [sdm('Monitor Trap Flag'), linux('nested_vmx_update_pending_dbg')],
    seenBy: ['exit.reason', 'exit.position', 'pending.flags'],
  },
  'mtf-exits-after-a-delivery': {
    must: 'With "monitor trap flag" an event that is delivered to L2, injected or not, is followed by the exit with reason 37 at the first instruction of its handler.',
    source: [sdm('Monitor Trap Flag')],
    seenBy: ['exit.reason', 'exit.position', 'pending.flags'],
  },
  'injected-mtf-exits-at-once': {
    must: 'An injected event of type 7 makes an MTF exit pending whatever the control is: L2 executes nothing, and activity and blocking stay.',
    source: [sdm('Injection of Pending MTF VM Exits')],
    seenBy: ['exit.reason', 'exit.position', 'exit.activity', 'pending.flags'],
  },
  'timer-exits-with-reason-52': {
    must: 'With "activate VMX-preemption timer" L2 exits with reason 52 at the first boundary after the timer has reached zero, whatever IF and blocking are, in HLT and shutdown too.',
    source: [sdm('VMX-Preemption Timer'), code('Bochs', 'preemption timer and HLT')],
    seenBy: ['exit.reason', 'exit.activity', 'pending.flags'],
  },
  'timer-of-zero-exits-before-the-first-instruction': {
    must: 'An entry with a timer value of 0 exits at the first boundary, after the injected event has been delivered.',
    source: [sdm('VMX-Preemption Timer'), linux('vmx_check_nested_events')],
    seenBy: ['exit.reason', 'exit.position', 'delivery', 'pending.flags'],
  },
  'exception-of-l2-goes-before-interrupts-behind-it': {
    must: '#UD that L1 does not intercept is delivered to L2 before anything that comes after the instruction; the exit for an interrupt then has the first instruction of its handler as position.',
    source: [linux('vmx_check_nested_events'), sdm('Priority Among Simultaneous Exceptions and Interrupts')],
    seenBy: ['delivery', 'exit.position'],
  },
  'intercepted-exception-exits': {
    must: '#UD with its bit in the exception bitmap exits with reason 0, interruption information 0x80000306, the position of the instruction, and blocking as it was.',
    source: [sdm('Exceptions'), sdm('Information for VM Exits Due to Vectored Events')],
    seenBy: ['exit'],
  },
  'vmcall-exits': {
    must: 'VMCALL and, with "HLT exiting", HLT exit with reason 18 and 12, their length, their own position, and blocking as it was.',
    source: [
      sdm('Instructions That Cause VM Exits Unconditionally'),
      sdm('Instructions That Cause VM Exits Conditionally'),
    ],
    seenBy: ['exit', 'levels.activity'],
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
