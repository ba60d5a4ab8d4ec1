import type { ClauseDeclaration } from '../../clause.ts';
import { code, linux, ours, sdm } from '../../source.ts';

/** Instructions of the guest, and what they leave behind. */
export const guestProcessor = {
  'instruction-completes': {
    must: 'An instruction that completes advances RIP by its length, ends the shadow it stood in and clears RF.',
    source: [
      sdm('Restart Instruction and Resume Flag'),
      sdm('Masking Exceptions and Interrupts When Switching Stacks'),
    ],
    seenBy: ['guest.rip', 'guest.flags', 'program.begun'],
    ambient: true,
  },
  'fault-leaves-rip-at-the-instruction': {
    must: 'A fault is delivered with the RIP of the instruction that raised it; the instruction is executed again when the handler returns, and completes once its cause is gone.',
    source: [sdm('Program or Task Restart')],
    seenBy: ['delivery.returnRip', 'program.begun'],
  },
  'page-fault-writes-cr2': {
    must: 'A #PF that does not exit writes its address to CR2, whether it is delivered, turned into #DF, or superseded.',
    source: [sdm('Interrupt 14—Page-Fault Exception (#PF)'), sdm('Architectural State Before a VM Exit')],
    seenBy: ['guest.cr2', 'delivery.cr2'],
    aka: 'IDT-07',
  },
  'debug-exception-writes-dr6-and-clears-gd': {
    must: 'A #DB that does not exit sets its bits in DR6, replaces bits 3:0, clears DR7.GD and takes the pending debug exceptions with it.',
    source: [sdm('Debug Status Register (DR6)'), sdm('Architectural State Before a VM Exit')],
    seenBy: ['guest.dr6', 'delivery.dr6', 'guest.flags', 'pending.debug'],
    aka: 'IDT-07',
  },
  'general-detect-is-a-fault': {
    must: 'MOV to a debug register with DR7.GD set raises #DB with BD before it does anything, with the RIP of the MOV.',
    source: [sdm('General-Detect Exception Condition'), linux('8d178f460772: treat General Detect #DB as fault-like')],
    seenBy: ['delivery.returnRip', 'delivery.dr6'],
  },
  'rf-of-general-detect': {
    may: 'The #DB of general detect pushes RF unchanged, or as 1.',
    knob: 'rfOnGeneralDetect',
    source: [sdm('General-Detect Exception Condition'), linux('exception_type')],
    seenBy: ['delivery.flags'],
    aka: 'D-27',
  },
  'code-breakpoint-is-a-fault': {
    must: 'An instruction breakpoint raises #DB before its instruction is executed, and again after the handler returns with RF 0.',
    source: [sdm('Instruction-Breakpoint Exception Condition')],
    seenBy: ['delivery.returnRip', 'delivery.dr6'],
  },
  'rf-suppresses-code-breakpoint': {
    must: 'With RF 1 an instruction breakpoint is not reported, for that one instruction.',
    source: [sdm('Restart Instruction and Resume Flag')],
    seenBy: ['delivery', 'guest.rip'],
  },
  'movss-suppresses-code-breakpoint': {
    must: 'In the MOV SS shadow an instruction breakpoint is not reported.',
    source: [sdm('Masking Exceptions and Interrupts When Switching Stacks'), linux('baf67ca8e545')],
    seenBy: ['delivery', 'guest.rip'],
  },
  'data-breakpoint-is-a-trap': {
    must: 'A data breakpoint is reported at the boundary after the access, with RIP past the instruction.',
    source: [sdm('Data Memory and I/O Breakpoint Exception Conditions')],
    seenBy: ['delivery.returnRip', 'delivery.dr6', 'pending.debug'],
  },
  'single-step-is-a-trap': {
    must: 'An instruction that completes and began with TF 1 makes a #DB with BS pending, with RIP past it.',
    source: [sdm('Single-Step Exception Condition')],
    seenBy: ['delivery.returnRip', 'delivery.dr6', 'pending.debug'],
  },
  'int1-touches-no-debug-register': {
    must: 'INT1 leads to the handler of #DB, changes neither DR6 nor DR7, and returns past itself.',
    source: [sdm('Interrupt 1—Debug Exception (#DB)'), linux('handle_exception_nmi')],
    seenBy: ['delivery', 'guest.dr6', 'guest.flags'],
    aka: 'D-17',
  },
  'int1-type': {
    may: 'The exception of INT1 has type 5 with RIP at INT1, or type 3 with RIP past it.',
    knob: 'int1Type',
    source: [sdm('Information for VM Exits Due to Vectored Events'), linux('is_icebp')],
    seenBy: ['exit.interruption', 'exit.vectoring', 'delivery.returnRip'],
    aka: 'D-17',
  },
  'soft-event-returns-past-itself': {
    must: 'INT n, INT3, INTO and INT1 push the RIP of the instruction after them.',
    source: [sdm('Software Interrupts'), sdm('Sources of Exceptions')],
    seenBy: ['delivery.returnRip'],
    aka: 'IDT-14',
  },
  'intn-is-no-exception': {
    must: 'INT n to the vector of an exception pushes no error code, writes no CR2, is intercepted by nothing and is benign.',
    source: [sdm('Software-Generated Exceptions'), code('Xen', '8dab867c81: svm_inject_event()')],
    seenBy: ['delivery', 'guest.cr2', 'exit.reason'],
    aka: '4.4, M-35',
  },
  've-marks-its-area-busy': {
    must: '#VE writes its information area, whose busy field then keeps further ones away: the access gives an EPT violation instead, which the hypervisor handles.',
    source: [sdm('Virtualization Exceptions'), sdm('Convertible EPT Violations')],
    seenBy: ['guest.flags', 'delivery', 'exit.reason'],
    aka: 'IDT-07',
  },
  'execution-again-reads-the-device-again': {
    must: 'A device sees one read for each time that the instruction is executed up to its fault.',
    source: [sdm('Program or Task Restart'), ours('fault-leaves-rip-at-the-instruction')],
    seenBy: ['guest.deviceReads'],
  },
  'delivery-establishes-the-handler': {
    must: 'The handler starts with TF and RF 0, no shadow and no HLT; IF is 0 after an interrupt gate and unchanged after a trap gate.',
    source: [
      sdm('Flag Usage By Exception- or Interrupt-Handler Procedure'),
      sdm('Restart Instruction and Resume Flag'),
    ],
    seenBy: ['guest.flags'],
    aka: 'IDT-25',
  },
  'frame-holds-the-flags': {
    must: 'The frame holds IF and TF as they were; IRET brings them, RF and RIP back.',
    source: [
      sdm('Flag Usage By Exception- or Interrupt-Handler Procedure'),
      sdm('Exception- or Interrupt-Handler Procedures'),
    ],
    seenBy: ['delivery.flags', 'guest.flags', 'guest.rip'],
  },
  'rf-of-the-image': {
    must: 'RF is pushed as 1 for a fault other than #DB, and as it is for everything else.',
    source: [sdm('Restart Instruction and Resume Flag')],
    seenBy: ['delivery.flags'],
    aka: 'IDT-09',
  },
  'error-code-of-its-vector': {
    must: 'An error code is pushed for hardware exceptions 8, 10 to 14 and 17, and for nothing else.',
    source: [sdm('Error Code'), sdm('Exception and Interrupt Reference'), code('Xen', '057e0e72d2')],
    seenBy: ['delivery.event', 'delivery.error'],
    aka: 'IDT-04',
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
