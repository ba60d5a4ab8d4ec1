import type { ClauseDeclaration } from '../../clause.ts';
import { linux, sdm, seed } from '../../source.ts';

const vmfail = sdm('Conventions');

/** VMX instructions of L1, entries that fail and entries that inject. */
export const entry = {
  'vmread-gives-the-last-write': {
    must: 'VMWRITE takes any value, and VMREAD gives what VMWRITE or the last exit put there; only the next entry judges it.',
    source: [sdm('VMREAD'), sdm('VMWRITE'), seed('001', 'a subsequent guest vmread')],
    seenBy: ['step', 'registers', 'segments', 'host'],
    aka: 'VMCS12-15, VMCS12-37',
  },
  'exit-information-can-be-written': {
    may: 'VMWRITE of an exit-information field writes it, or fails with error 13.',
    source: [sdm('VMX Miscellaneous Data'), sdm('VM Instruction Error Numbers')],
    seenBy: ['step.outcome', 'exitInformation', 'instructionError'],
    knob: 'writesExitInformation',
  },
  'vmfail-invalid-without-a-vmcs': {
    must: 'Without a current VMCS, VMREAD, VMWRITE, VMLAUNCH and VMRESUME end in VMfailInvalid, and no VMCS changes.',
    source: [vmfail],
    seenBy: ['step.outcome', 'machine'],
    aka: 'VMCS12-05',
  },
  'launch-state-decides-the-instruction': {
    must: 'VMLAUNCH wants a clear VMCS (else error 4), VMRESUME a launched one (else error 5).',
    source: [sdm('VMLAUNCH/VMRESUME'), sdm('VM Instruction Error Numbers')],
    seenBy: ['step.outcome', 'instructionError'],
    aka: 'VMCS12-05, M1',
  },
  'entry-makes-launched': {
    must: 'A successful entry makes the VMCS launched; a failed one leaves the launch state.',
    source: [sdm('VMLAUNCH/VMRESUME')],
    seenBy: ['machine.launched'],
    aka: 'M1, VMCS12-04',
  },
  'vmclear-and-vmptrld-keep-the-fields': {
    must: 'VMCLEAR makes the launch state clear, after which the VMCS is not current; VMPTRLD makes a VMCS current; its fields are as they were.',
    source: [sdm('VMCLEAR'), sdm('VMPTRLD'), sdm('Software Use of the VMCS and Related Structures')],
    seenBy: ['machine'],
    aka: 'VMCS12-15',
  },
  'entry-after-mov-ss-fails': {
    must: 'VMLAUNCH or VMRESUME in the shadow of MOV SS fails with error 26.',
    source: [sdm('Basic VM-Entry Checks')],
    seenBy: ['step.outcome', 'instructionError'],
    aka: 'VMCS12-05',
  },
  'invalid-controls-fail-early': {
    must: 'An entry with controls that do not fit together fails with error 7.',
    source: [sdm('Checks on VMX Controls')],
    seenBy: ['step.outcome', 'instructionError'],
    aka: 'VMCS12-05, B01',
  },
  'invalid-host-state-fails-early': {
    must: 'An entry with invalid host state fails with error 8.',
    source: [sdm('Checks on Host-State Area')],
    seenBy: ['step.outcome', 'instructionError'],
    aka: 'VMCS12-05',
  },
  'early-failure-changes-the-error-alone': {
    must: 'VMfailValid writes the VM-instruction error and nothing else: no exit information, no host state, no launch state, no register of L1.',
    source: [vmfail, linux('nested_vmx_failValid')],
    seenBy: ['exitInformation', 'l1', 'entryEvent', 'registers', 'machine.launched'],
    aka: 'VMCS12-05, B01, B02',
  },
  'either-early-check-may-come-first': {
    may: 'Where controls and host state are both invalid, the error is 7 or 8.',
    source: [sdm('Checks on VMX Controls and Host-State Area')],
    seenBy: ['instructionError'],
  },
  'zero-length-injection': {
    may: 'Injecting a software event with instruction length 0 fails with error 7, or is done with the return pointer at RIP.',
    source: [sdm('VMX Miscellaneous Data')],
    seenBy: ['step.outcome', 'delivery.returnRip'],
    knob: 'zeroLengthInjection',
    aka: 'zeroLenInjection',
  },
  'invalid-guest-state-fails-late': {
    must: 'An entry with invalid guest state ends with reason 33 and bit 31, and L1 runs in its exit handler.',
    source: [sdm('Checks on Guest State'), sdm('VM-Entry Failures During or After Loading Guest State')],
    seenBy: ['step.outcome', 'exitInformation.exitReason'],
    aka: 'VMCS12-04, B37',
  },
  'qualification-of-a-late-failure': {
    must: 'Its qualification is 2 for the PDPTEs, 4 for the link pointer, else 0.',
    source: [sdm('VM-Entry Failures During or After Loading Guest State')],
    seenBy: ['exitInformation.exitQualification'],
    aka: 'VMCS12-04, B37',
  },
  'any-failing-check-may-give-the-qualification': {
    may: 'Where several checks of guest state fail, the qualification is that of any of them.',
    source: [sdm('Checks on Guest State')],
    seenBy: ['exitInformation.exitQualification'],
  },
  'msr-loading-fails-late': {
    must: 'An entry that cannot load an MSR of its list ends with reason 34 and bit 31, and the number of the MSR as qualification, counted from 1.',
    source: [sdm('Loading MSRs'), sdm('VM-Entry Failures During or After Loading Guest State')],
    seenBy: ['step.outcome', 'exitInformation'],
    aka: 'VMCS12-04',
  },
  'late-failure-writes-reason-and-qualification-alone': {
    must: 'A late failure writes exit reason and qualification, and no other field: guest state, all other exit information and the valid bit of the injected event stay.',
    source: [sdm('VM-Entry Failures During or After Loading Guest State')],
    seenBy: ['exitInformation', 'registers', 'segments', 'msrs', 'entryEvent', 'controls'],
    aka: 'VMCS12-04, E3, M-08, B37',
  },
  'late-failure-loads-host-state': {
    must: 'After a late failure L1 has the host state, and the MSRs of the VM-exit MSR-load list; the MSR-store area is not written.',
    source: [sdm('VM-Entry Failures During or After Loading Guest State')],
    seenBy: ['l1', 'l1Debugctl', 'msrStore'],
    aka: 'VMCS12-04, VMCS12-36',
  },
  'entry-loads-guest-state': {
    must: 'L2 starts with the guest state of the fields; the MSRs of the VM-entry MSR-load list come after them.',
    source: [sdm('Loading Guest State'), sdm('Loading MSRs')],
    seenBy: ['l2'],
    aka: 'INV-V3',
  },
  'injected-event-is-delivered-once': {
    must: 'An event with the valid bit is delivered through the IDT of L2 before its first instruction, whatever the exception bitmap says, and not again at a later entry.',
    source: [sdm('Event Injection'), seed('001', "so we don't mistakenly inject the same interrupt twice")],
    seenBy: ['delivery', 'entryEvent.entryInterruption'],
    aka: 'VMCS12-06, INV-V6, M-08',
  },
  'delivery-builds-the-frame': {
    must: 'Delivery makes a frame with the return pointer of its kind, and an error code if the event has one; it clears IF, TF and RF, ends every shadow, and loads CS.',
    source: [sdm('Event Injection'), sdm('Flag Usage By Exception- or Interrupt-Handler Procedure')],
    seenBy: ['delivery', 'l2.rip', 'l2.rsp', 'l2.rflags', 'l2.cs', 'l2.blocking'],
  },
  'fault-during-delivery-takes-the-place': {
    must: '#GP during the delivery of an event that is neither contributory nor #PF exits if L1 intercepts it, with the event in IDT-vectoring information, and else is delivered instead of it.',
    source: [sdm('Interrupt 8-Double Fault Exception'), sdm('Other Causes of VM Exits')],
    seenBy: ['delivery', 'exitInformation'],
    aka: 'INV-V6',
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
