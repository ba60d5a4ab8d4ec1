import type { ClauseDeclaration } from '../../clause.ts';
import { linux, sdm, seed } from '../../source.ts';

const direct = sdm('Information for VM Exits Due to Vectored Events');
const during = sdm('Information for VM Exits That Occur During Event Delivery');
const basic = sdm('Basic VM-Exit Information');

/** Exit reason, qualification, addresses, interruption and IDT-vectoring information, instruction length and information. */
export const exitInformation = {
  'exit-reason-is-whole': {
    must: 'The exit reason is written at every exit, all 32 bits: the basic reason, and nothing above it.',
    source: [basic],
    seenBy: ['exitInformation.exitReason'],
    aka: 'VMCS12-25, X1',
  },
  'qualification-is-zero-without-one': {
    must: 'The exit qualification is written at every exit, and is 0 for reasons that define none.',
    source: [basic, sdm('Exit Qualification')],
    seenBy: ['exitInformation.exitQualification'],
    aka: 'VMCS12-26, X2',
  },
  'qualification-of-an-exception': {
    must: 'The exit qualification of #PF is the address that faulted, that of #DB has B0 to B3 and BS of its causes.',
    source: [basic],
    seenBy: ['exitInformation.exitQualification'],
    aka: 'VMCS12-26, X2',
  },
  'qualification-of-register-and-port-accesses': {
    must: 'CR access, MOV DR and I/O exits describe the access: number, type, direction, size, port, LMSW source data.',
    source: [basic, sdm('Exit Qualification for Control-Register Accesses')],
    seenBy: ['exitInformation.exitQualification'],
    aka: 'VMCS12-26, X2',
  },
  'qualification-of-an-ept-violation': {
    must: 'An EPT violation reports the kind of access, the rights of the page, and whether the linear address is valid and translated.',
    source: [sdm('Exit Qualification for EPT Violations')],
    seenBy: ['exitInformation.exitQualification'],
    aka: 'VMCS12-26, X2',
  },
  'qualification-of-other-exits': {
    must: 'An APIC access reports offset and type, during delivery type 3; a virtualized EOI and a SIPI their vector; an APIC write its offset; a task switch the selector of the TSS and its source, 2 for JMP, 3 for a gate in the IDT.',
    source: [
      sdm('Exit Qualification for APIC-Access VM Exits'),
      sdm('EOI Virtualization'),
      sdm('Exit Qualification for Task Switches'),
    ],
    seenBy: ['exitInformation.exitQualification'],
    aka: 'VMCS12-26, X2, NVMX-INJ-20',
  },
  'linear-address-of-accesses': {
    must: 'The guest-linear address is written by EPT violations whose qualification says it is valid, by LMSW from memory and by OUTS.',
    source: [basic],
    seenBy: ['exitInformation.guestLinearAddress'],
    aka: 'VMCS12-27, X3',
  },
  'physical-address-of-ept-exits': {
    must: 'The guest-physical address is written by EPT violations and EPT misconfigurations.',
    source: [basic, linux('nested_ept_inject_page_fault')],
    seenBy: ['exitInformation.guestPhysicalAddress'],
    aka: 'VMCS12-28, X4',
  },
  'interruption-valid-bit-is-always-right': {
    must: 'Bit 31 of the VM-exit interruption information is written at every exit: 1 for an exception, an NMI or an acknowledged interrupt that exits directly, else 0.',
    source: [seed('001', 'the valid bit would be correctly turned off'), direct],
    seenBy: ['exitInformation.exitInterruption'],
    aka: 'VMCS12-29, X5, M-11',
  },
  'interruption-of-an-exception': {
    must: 'An exception that exits directly reports its vector, its type and whether it has an error code.',
    source: [direct],
    seenBy: ['exitInformation.exitInterruption'],
    aka: 'VMCS12-29, X5',
  },
  'interruption-of-an-nmi': {
    must: 'An NMI that exits reports 0x80000202.',
    source: [direct, linux('nested_vmx_vmexit(EXIT_REASON_EXCEPTION_NMI)')],
    seenBy: ['exitInformation.exitInterruption'],
    aka: 'VMCS12-29, X5, B11',
  },
  'interruption-of-an-acknowledged-interrupt': {
    must: 'An external interrupt that exits reports its vector with "acknowledge interrupt on exit", and is invalid without.',
    source: [sdm('Acknowledge Interrupt on Exit'), direct],
    seenBy: ['exitInformation.exitInterruption'],
    aka: 'VMCS12-29, X5, A02',
  },
  'interruption-says-iret-unblocked-nmis': {
    must: 'Bit 12 of the interruption information, and of the qualification of an EPT violation, is 1 if the fault is that of an IRET that ended blocking by NMI.',
    source: [direct, basic],
    seenBy: ['exitInformation.exitInterruption', 'exitInformation.exitQualification'],
    aka: 'VMCS12-29, X5, D-13',
  },
  'iret-bit-is-open-where-nmis-exit-unvirtualized': {
    may: 'That bit is undefined with valid IDT-vectoring information, and with "NMI exiting" without "virtual NMIs".',
    source: [direct, basic],
    seenBy: ['exitInformation.exitInterruption', 'exitInformation.exitQualification'],
    aka: 'VMCS12-29, D-13',
  },
  'error-codes-are-those-of-the-events': {
    must: 'Interruption and IDT-vectoring error code are written where the interruption, or IDT-vectoring, information says there is one; bits 31:16 are 0.',
    source: [direct, during],
    seenBy: ['exitInformation.exitInterruptionErrorCode', 'exitInformation.idtVectoringErrorCode'],
    aka: 'VMCS12-30, VMCS12-32, X6, X8',
  },
  'idt-vectoring-valid-bit-is-always-right': {
    must: 'Bit 31 of the IDT-vectoring information is written at every exit: 1 if the exit came during the delivery of an event, which is so with reasons 0, 9, 44, 48, 49 and 62 only, else 0.',
    source: [seed('001', 'some fields are not always written to'), during],
    seenBy: ['exitInformation.idtVectoring'],
    aka: 'VMCS12-31, X7, INV-V5, NVMX-INJ-09, M-11',
  },
  'idt-vectoring-reports-the-event': {
    must: 'The IDT-vectoring information has vector, type and error-code bit of the event in flight, native or injected.',
    source: [during, linux('vmcs12_save_pending_event')],
    seenBy: ['exitInformation.idtVectoring'],
    aka: 'VMCS12-31, X7, INV-V6',
  },
  'instruction-length-of-an-instruction': {
    must: 'The instruction length is written by exits that an instruction causes, and by INT3 and INT1 that exit directly.',
    source: [sdm('Information for VM Exits Due to Instruction Execution')],
    seenBy: ['exitInformation.exitInstructionLength'],
    aka: 'VMCS12-33, X9, B25',
  },
  'instruction-length-of-an-event-in-flight': {
    must: 'An exit during the delivery of a software interrupt or software exception writes its length, for an injected one the length that L1 gave.',
    source: [sdm('Information for VM Exits Due to Instruction Execution'), linux('vmcs12_save_pending_event')],
    seenBy: ['exitInformation.exitInstructionLength'],
    aka: 'VMCS12-33, X9, D-15',
  },
  'instruction-information-of-outs': {
    must: 'OUTS reports address size and segment in the VM-exit instruction information.',
    source: [sdm('Information for VM Exits Due to Instruction Execution')],
    seenBy: ['exitInformation.exitInstructionInformation'],
    aka: 'VMCS12-33, X10',
  },
  'type-of-int1': {
    may: 'INT1 has type 5, in older manuals type 3.',
    source: [direct, linux('is_icebp')],
    seenBy: ['exitInformation.exitInterruption', 'exitInformation.idtVectoring', 'delivery.event'],
    knob: 'int1Type',
    aka: 'D-16, D-17',
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
