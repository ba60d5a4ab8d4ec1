import type { ClauseDeclaration } from '../../clause.ts';
import { code, linux, sdm, seed } from '../../source.ts';
import { hypervised } from './holds-in.ts';

const table = sdm('Interrupt 8—Double Fault Exception (#DF)');

/** A second exception while the first event is delivered: the table of #DF, and who is asked first. */
export const escalation = {
  'benign-then-any-is-serial': {
    must: 'An exception during delivery of a benign exception is delivered in its place.',
    source: [table],
    seenBy: ['delivery'],
    aka: '4.4',
  },
  'interrupt-is-consumed-by-a-fault-of-its-delivery': {
    must: "An external interrupt, NMI or machine check whose delivery raises a fault of the guest's is lost: the fault is delivered, ISR and the blocking of NMIs stay.",
    source: [table, sdm('Exception and Interrupt Vectors')],
    seenBy: ['delivery', 'guest.isr', 'guest.flags'],
    aka: 'IDT-21, M-30',
  },
  'soft-event-is-raised-again-after-a-fault-of-its-delivery': {
    must: 'A fault during delivery of INT n, INT3, INTO or INT1 that came from the program returns to that instruction, without its length.',
    source: [sdm('Details of Vectored-Event Injection'), table],
    seenBy: ['delivery.returnRip', 'program.begun'],
    aka: 'IDT-14',
  },
  'fault-during-injection-returns-without-length': {
    must: 'A fault during delivery of an injected type 4, 5 or 6 pushes RIP without the VM-entry instruction length, and what was injected is lost.',
    source: [sdm('Details of Vectored-Event Injection')],
    seenBy: ['delivery.returnRip'],
    aka: 'IDT-14',
  },
  'any-then-benign-is-serial': {
    must: 'A benign exception during delivery of a contributory exception or a page fault is delivered in its place.',
    source: [table],
    seenBy: ['delivery'],
    aka: '4.4',
  },
  'contributory-then-contributory-is-double-fault': {
    must: 'A contributory exception during delivery of a contributory one becomes #DF.',
    source: [table],
    seenBy: ['delivery'],
    aka: '4.4',
  },
  'contributory-then-page-fault-is-serial': {
    must: 'A page fault during delivery of a contributory exception is delivered in its place.',
    source: [table],
    seenBy: ['delivery'],
    aka: '4.4',
  },
  'page-fault-then-contributory-is-double-fault': {
    must: 'A contributory exception during delivery of a page fault becomes #DF.',
    source: [table],
    seenBy: ['delivery'],
    aka: '4.4',
  },
  'page-fault-then-page-fault-is-double-fault': {
    must: 'A page fault during delivery of a page fault becomes #DF.',
    source: [table],
    seenBy: ['delivery'],
    aka: '4.4',
  },
  've-is-of-the-page-fault-class': {
    must: 'A contributory exception or page fault during delivery of #VE becomes #DF.',
    source: [sdm('Virtualization Exceptions'), code('Bochs', 'is_exception_OK')],
    seenBy: ['delivery'],
    aka: 'D-25',
  },
  'triple-fault': {
    must: 'A contributory exception or page fault during delivery of #DF is a triple fault.',
    source: [table, sdm('Other Causes of VM Exits')],
    seenBy: ['guest.flags', 'exit.reason'],
    aka: '4.4',
  },
  'double-fault-then-benign': {
    may: 'A benign exception during delivery of #DF is a triple fault, or is delivered in its place.',
    knob: 'dfThenBenign',
    source: [table, sdm('Other Causes of VM Exits'), linux('kvm_multiple_exception'), code('Bochs', 'exception.cc')],
    seenBy: ['guest.flags', 'delivery'],
    aka: 'D-14',
  },
  'escalation-looks-at-the-latest-event': {
    must: 'The table is applied to the event being delivered and the exception raised; of an event that was superseded it knows nothing.',
    source: [table],
    seenBy: ['delivery', 'guest.flags'],
    aka: 'IDT-19, M-38',
  },
  'handler-reached-ends-the-chain': {
    must: "Once the handler's first instruction is reached, what its program raises is no nested exception: no escalation, no EXT.",
    source: [table, code('Bochs', '796d24ecb'), code('Bochs', '1b228aec3')],
    seenBy: ['delivery'],
    aka: 'IDT-19',
  },
  'double-fault-has-error-code-0': {
    must: '#DF pushes the error code 0.',
    source: [table],
    seenBy: ['delivery.error'],
    aka: 'IDT-23',
  },
  'ext-tells-who-was-delivered': {
    must: 'EXT is 1 in the error code of #NP, #SS and #GP raised during delivery of types 0, 2, 3 and 5, and 0 for 4 and 6; #PF and #AC have none.',
    source: [sdm('Error Code'), sdm('Details of Vectored-Event Injection')],
    seenBy: ['delivery.error', 'exit.error'],
    aka: 'IDT-23',
  },
  'absent-gate-raises-np': {
    must: 'Delivery through a gate that is not present raises #NP with the vector in bits 15:3 of the error code, and IDT.',
    source: [sdm('Interrupt 11—Segment Not Present (#NP)'), sdm('Error Code')],
    seenBy: ['delivery'],
  },
  'gate-privilege-binds-soft-events': {
    must: 'A gate whose DPL is below CPL raises #GP with its vector for types 4 and 6, and for no other type.',
    source: [
      sdm('Protection of Exception- and Interrupt-Handler Procedures'),
      sdm('Details of Vectored-Event Injection'),
    ],
    seenBy: ['delivery'],
    aka: 'IDT-15',
  },
  'interception-asks-the-raised-exception-first': {
    must: 'The exception bitmap is asked about the exception that was raised, before anything is made of it and of the event being delivered.',
    source: [sdm('Other Causes of VM Exits'), sdm('Details of Vectored-Event Injection')],
    seenBy: ['exit.interruption', 'exit.vectoring'],
    profiles: hypervised,
    aka: 'IDT-18a, M-36',
  },
  'double-fault-exits-by-its-own-bit': {
    must: 'Where two exceptions that do not exit make a #DF, bit 8 decides whether that exits.',
    source: [sdm('Other Causes of VM Exits')],
    seenBy: ['exit.interruption'],
    profiles: hypervised,
    aka: 'IDT-18b',
  },
  'handler-return-raises-the-fault-again': {
    must: 'A fault that another one superseded comes back only because that handler returns to the instruction: the processor re-triggers nothing.',
    source: [seed('004', 'the nested exception re-triggers the original event'), table],
    seenBy: ['delivery', 'program.begun'],
    aka: 'IDT-19',
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
