import type { ClauseDeclaration } from '../../clause.ts';
import { code, linux, sdm, seed } from '../../source.ts';
import { hypervised } from './holds-in.ts';

const saved = sdm('Architectural State Before a VM Exit');
const vectoring = sdm('Information for VM Exits During Event Delivery');

/** What a VM exit that cuts a delivery short tells, and what the processor has done by then. */
export const exits = {
  'vectoring-names-the-interrupted-event': {
    must: 'The IDT-vectoring information names the event that was being delivered, with its type; that event did not cause the exit.',
    source: [seed('004', 'reports the event that was being delivered when a VM exit occurred'), vectoring],
    seenBy: ['exit.vectoring'],
    profiles: hypervised,
    aka: 'IDT-01, IDT-04',
  },
  'vectoring-valid-for-exits-of-delivery': {
    must: 'It is valid for exits by an intercepted nested exception, a task gate, an APIC access, an EPT violation, an EPT misconfiguration or a full PML log during delivery.',
    source: [vectoring],
    seenBy: ['exit.vectoring', 'exit.reason'],
    profiles: hypervised,
    aka: 'IDT-02',
  },
  'vectoring-valid-for-injected-events': {
    must: 'It is valid as well when the event being delivered was injected by VM entry.',
    source: [vectoring, sdm('Details of Vectored-Event Injection')],
    seenBy: ['exit.vectoring'],
    profiles: hypervised,
    aka: 'IDT-02',
  },
  'vectoring-invalid-for-direct-exits': {
    must: 'It is invalid when the event itself exits.',
    source: [vectoring],
    seenBy: ['exit.vectoring'],
    profiles: hypervised,
    aka: 'IDT-03',
  },
  'vectoring-invalid-for-double-fault': {
    must: 'It is invalid when the exit is due to the #DF that the event led to.',
    source: [vectoring, linux('vmcs12_save_pending_event')],
    seenBy: ['exit.vectoring'],
    profiles: hypervised,
    aka: 'IDT-03, M-37',
  },
  'vectoring-invalid-for-triple-fault': {
    must: 'It is invalid when the exit is due to a triple fault.',
    source: [vectoring, linux('vmcs12_save_pending_event')],
    seenBy: ['exit.vectoring'],
    profiles: hypervised,
    aka: 'IDT-03, M-37',
  },
  'vectoring-invalid-outside-delivery': {
    must: 'It is invalid for every exit that does not interrupt a delivery: asynchronous ones, windows, those of an instruction, of IRET too; what an earlier exit left in the field does not show.',
    source: [vectoring],
    seenBy: ['exit.vectoring'],
    profiles: hypervised,
    aka: 'IDT-03, IDT-32, M-11',
  },
  'asynchronous-exit-follows-injection': {
    must: 'An exit that is due at VM entry comes after the delivery of the injected event: it finds the handler reached.',
    source: [sdm('VM-Entry Event Injection'), sdm('Vectored-Event Injection')],
    seenBy: ['exit.vectoring', 'exit.rip', 'delivery'],
    profiles: hypervised,
    aka: 'IDT-03, M-06',
  },
  'vectoring-error-code': {
    must: 'Bit 11 is 1 if the event would push an error code; the IDT-vectoring error code is that one, EXT included.',
    source: [vectoring],
    seenBy: ['exit.vectoring', 'exit.vectoringError'],
    profiles: hypervised,
    aka: 'IDT-05',
  },
  'vectoring-length': {
    must: 'For types 4, 5 and 6 the instruction length is that of the instruction, or for an injected event that of the VM entry.',
    source: [sdm('Information for VM Exits Due to Instruction Execution')],
    seenBy: ['exit.length'],
    profiles: hypervised,
    aka: 'IDT-06',
  },
  'direct-exit-names-the-exception': {
    must: 'An exception whose bit is set in the exception bitmap exits with reason 0, with its type, vector, error code and, for types 5 and 6, length; the qualification has the address of #PF or the bits of #DB.',
    source: [sdm('Information for VM Exits Due to Vectored Events'), sdm('Basic VM-Exit Information')],
    seenBy: ['exit.reason', 'exit.interruption', 'exit.error', 'exit.qualification', 'exit.length'],
    profiles: hypervised,
  },
  'direct-exit-writes-nothing': {
    must: 'An exception that exits directly changes neither CR2 nor DR6 nor DR7.GD, and leaves the shadows and HLT as they are.',
    source: [saved],
    seenBy: ['guest.cr2', 'guest.dr6', 'guest.flags', 'exit.interruptibility'],
    profiles: hypervised,
    aka: 'M-39',
  },
  'indirect-exit-finds-side-effects-done': {
    must: 'When delivery is cut short CR2, DR6 and GD are written, NMIs are blocked by an NMI, an external interrupt is in ISR, the area of #VE is busy.',
    source: [saved],
    seenBy: ['guest', 'exit.interruptibility'],
    profiles: hypervised,
    aka: 'IDT-07',
  },
  'indirect-exit-ends-shadows-and-hlt': {
    must: 'When delivery is cut short blocking by STI and by MOV SS is gone, the activity state is active, and no debug exception is pending for types 0, 2, 3 and 5.',
    source: [saved, sdm('Saving Non-Register State')],
    seenBy: ['exit.interruptibility', 'exit.activity', 'exit.pendingDebug', 'guest.flags'],
    profiles: hypervised,
    aka: 'IDT-07, M-14',
  },
  'indirect-exit-keeps-rip-and-flags': {
    must: 'RIP, IF and TF are saved as they were before delivery began.',
    source: [sdm('Saving RIP, RSP, RFLAGS, and SSP'), saved],
    seenBy: ['exit.rip', 'guest.flags'],
    profiles: hypervised,
    aka: 'IDT-08',
  },
  'exit-saves-rf-of-the-image': {
    must: 'RF is saved as delivery would have pushed it, so that an event injected again pushes the right one.',
    source: [sdm('Saving RIP, RSP, RFLAGS, and SSP')],
    seenBy: ['exit.rf', 'delivery.flags'],
    profiles: hypervised,
    aka: 'IDT-09',
  },
  'asynchronous-exit-keeps-shadows': {
    must: 'An exit that has nothing to do with the guest saves shadows, activity, pending debug exceptions and the blocking of NMIs as they are, and the entry that follows brings them back.',
    source: [sdm('Saving Non-Register State'), sdm('Loading Guest Non-Register State')],
    seenBy: [
      'exit.interruptibility',
      'exit.activity',
      'exit.pendingDebug',
      'entry.interruptibility',
      'entry.pendingDebug',
      'guest.flags',
    ],
    profiles: hypervised,
  },
  'task-gate-exits': {
    must: 'Delivery through a task gate exits with reason 9, source IDT in the qualification, RIP at the instruction, and the length for types 4, 5 and 6.',
    source: [sdm('Task Switches and Task-Switch VM Exits'), sdm('Exit Qualification for Task Switches')],
    seenBy: ['exit.reason', 'exit.qualification', 'exit.rip', 'exit.length'],
    profiles: hypervised,
    aka: 'IDT-29',
  },
  'apic-access-during-delivery': {
    must: 'An access of event delivery to the APIC-access page exits with reason 44 and access type 3.',
    source: [sdm('Exit Qualification for APIC-Access VM Exits')],
    seenBy: ['exit.reason', 'exit.qualification'],
    profiles: hypervised,
    aka: 'IDT-02',
  },
  'iret-exit-reports-nmi-unblocking': {
    must: 'An exit due to a fault, an EPT violation or a full PML log in IRET finds NMIs unblocked, and bit 12 of the interruption information or of the qualification tells whether they had been blocked.',
    source: [
      sdm('Information About NMI Unblocking Due to IRET'),
      code('Xen', 'd329b37d12'),
      code('Bochs', '53d14c01b: bit 12 in vmx interruption info'),
    ],
    seenBy: ['exit.interruption', 'exit.qualification', 'exit.interruptibility'],
    profiles: hypervised,
    aka: 'IDT-26',
  },
  'entry-information-is-cleared-at-exit': {
    must: 'After an exit the valid bit of the VM-entry interruption information is 0.',
    source: [sdm('VM Exits'), sdm('VM-Entry Controls for Event Injection')],
    seenBy: ['exit.injection'],
    profiles: hypervised,
    aka: 'M-08',
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
