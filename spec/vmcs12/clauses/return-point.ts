import type { ClauseDeclaration } from '../../clause.ts';
import { linux, sdm } from '../../source.ts';

/** RIP, RF, and the guest's non-register state at an exit. */
export const returnPoint = {
  'rip-of-an-instruction-that-exits': {
    must: 'An exit that an instruction causes, and a task switch by one, saves the address of that instruction.',
    source: [sdm('Saving RIP, RSP, RFLAGS, and SSP')],
    seenBy: ['registers.rip'],
    aka: 'VMCS12-16',
  },
  'rip-of-a-direct-event-exit': {
    must: 'An exit that an event causes directly saves the return pointer that the frame would have had: the faulting instruction, or the next one to run; for INT3 and INT1 that instruction itself.',
    source: [sdm('Saving RIP, RSP, RFLAGS, and SSP')],
    seenBy: ['registers.rip'],
    aka: 'VMCS12-16',
  },
  'rip-of-a-trap-like-exit': {
    must: 'Exits after an instruction (TPR below threshold, virtualized EOI, APIC write, MTF, debug trap, windows, timer) save the address of the next instruction.',
    source: [sdm('Saving RIP, RSP, RFLAGS, and SSP'), sdm('APIC-Write VM Exits')],
    seenBy: ['registers.rip'],
    aka: 'VMCS12-16',
  },
  'rip-during-delivery-is-the-one-before': {
    must: 'An exit during the delivery of an event saves RIP as it was before the delivery: for INT n, INT3 and INT1 that instruction.',
    source: [sdm('Saving RIP, RSP, RFLAGS, and SSP')],
    seenBy: ['registers.rip'],
    aka: 'VMCS12-16',
  },
  'rip-of-a-halted-guest': {
    must: 'An exit out of HLT saves the address of the instruction behind HLT.',
    source: [sdm('Saving RIP, RSP, RFLAGS, and SSP')],
    seenBy: ['registers.rip'],
    aka: 'VMCS12-16, NVMX-INJ-21',
  },
  'rf-of-a-fault-like-exit-is-set': {
    must: 'The exit of a fault, an EPT violation, an EPT misconfiguration, an APIC access or a full PML log outside the delivery of an event saves RF = 1.',
    source: [sdm('Saving RIP, RSP, RFLAGS, and SSP'), sdm('Instruction-Breakpoint Exception Condition')],
    seenBy: ['registers.rflags'],
    aka: 'VMCS12-17, B24',
  },
  'rf-of-traps-and-interrupts': {
    must: 'Exits of traps, interrupts and NMIs at a boundary, and windows, save RF as it was.',
    source: [sdm('Saving RIP, RSP, RFLAGS, and SSP')],
    seenBy: ['registers.rflags'],
    aka: 'VMCS12-17, B24',
  },
  'rf-during-delivery-is-that-of-the-event': {
    must: 'An exit during the delivery of an event saves RF as the frame of that event would have had it: 1 for a fault, unchanged for others.',
    source: [sdm('Saving RIP, RSP, RFLAGS, and SSP')],
    seenBy: ['registers.rflags'],
    aka: 'VMCS12-17, B24',
  },
  'rf-of-an-instruction-exit-is-clear': {
    must: 'An exit that an instruction causes saves RF = 0.',
    source: [sdm('Saving RIP, RSP, RFLAGS, and SSP')],
    seenBy: ['registers.rflags'],
    aka: 'VMCS12-17',
  },
  'activity-is-that-before-the-exit': {
    must: 'Activity is saved as it was before the exit: an interrupt, an NMI, INIT, a window or the timer that takes L2 out of HLT saves HLT.',
    source: [sdm('Saving Non-Register State'), linux('nested_vmx_vmexit')],
    seenBy: ['nonRegister.activity'],
    aka: 'VMCS12-18, G18, M-14, A13, A25, A26',
  },
  'delivery-ends-a-halt': {
    must: 'An event whose delivery begins makes L2 active: an exit during it, and any later one, saves active.',
    source: [sdm('Saving Non-Register State'), sdm('Activity State')],
    seenBy: ['nonRegister.activity', 'l2.activity'],
    aka: 'VMCS12-18, NVMX-INJ-21, M-14',
  },
  'shadow-is-saved-as-before-the-exit': {
    must: 'Blocking by STI or MOV SS is saved where the exit comes before the next instruction has completed.',
    source: [sdm('Saving Non-Register State')],
    seenBy: ['nonRegister.interruptibility'],
    aka: 'VMCS12-19, G19',
  },
  'ended-shadow-is-not-saved': {
    must: 'An exit with valid IDT-vectoring information, or after an instruction that completed, saves no blocking by STI or MOV SS but one that this instruction set.',
    source: [sdm('Saving Non-Register State')],
    seenBy: ['nonRegister.interruptibility'],
    aka: 'VMCS12-19',
  },
  'smi-blocking-is-saved-clear': {
    must: 'Bit 2 of the interruptibility state is saved as 0.',
    source: [sdm('Saving Non-Register State')],
    seenBy: ['nonRegister.interruptibility'],
    ambient: true,
    aka: 'VMCS12-19, B27',
  },
  'nmi-blocking-is-saved': {
    must: 'Bit 3 of the interruptibility state is saved as blocking by NMI, with "virtual NMIs" as virtual-NMI blocking; an NMI whose delivery exits counts as delivered.',
    source: [sdm('Saving Non-Register State'), sdm('VM Exits During Event Injection')],
    seenBy: ['nonRegister.interruptibility'],
    aka: 'VMCS12-19, G19, D-10',
  },
  'nmi-that-exits-does-not-block': {
    must: 'An NMI that exits directly saves blocking by NMI as it was before the NMI.',
    source: [sdm('Architectural State Before a VM Exit')],
    seenBy: ['nonRegister.interruptibility'],
    aka: 'VMCS12-19, B39',
  },
  'iret-unblocks-even-if-it-faults': {
    must: 'An exit of an IRET saves blocking by NMI already cleared; with "NMI exiting" and without "virtual NMIs" IRET does not change it.',
    source: [
      sdm('Changes to Instruction Behavior in VMX Non-Root Operation'),
      sdm('Architectural State Before a VM Exit'),
    ],
    seenBy: ['nonRegister.interruptibility', 'l2.blocking'],
    aka: 'VMCS12-19, D-10',
  },
  'pending-debug-is-saved-clear': {
    must: 'Pending debug exceptions are saved as 0 unless a trap is outstanding that the exit overtakes; the #DB that exits is no longer pending.',
    source: [sdm('Saving Non-Register State')],
    seenBy: ['pendingDebug'],
    aka: 'VMCS12-20, G20',
  },
  'pending-debug-of-a-trap-like-exit': {
    must: 'MTF, TPR below threshold, virtualized EOI and APIC write after an instruction that single-stepped save BS: the trap is still to come.',
    source: [sdm('Saving Non-Register State'), linux('vmx_update_pending_dbg')],
    seenBy: ['pendingDebug'],
    aka: 'VMCS12-20, D-11',
  },
  'pending-debug-in-a-mov-ss-shadow': {
    must: 'An exit other than #DB in the shadow of MOV SS saves the debug trap that the shadow holds back.',
    source: [sdm('Saving Non-Register State')],
    seenBy: ['pendingDebug'],
    aka: 'VMCS12-20, D-11',
  },
  'pending-debug-is-delivered-by-the-entry': {
    must: 'A pending debug exception of the field becomes a #DB at the first boundary that no MOV SS holds back.',
    source: [sdm('Delivery of Pending Debug Exceptions after VM Entry')],
    seenBy: ['delivery', 'exitInformation', 'l2Optional.pendingDebug'],
    aka: 'VMCS12-20',
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
