import type { SeedStatement } from '../seed-statement.ts';

const by = 'Xin Li';

/** What the document that started the system says, and where it went. */
export const seedStatements: readonly SeedStatement[] = [
  {
    statement: 'The IDT-vectoring field reports the event that was being delivered when a VM exit occurred.',
    by,
    clauses: ['vectoring-names-the-interrupted-event', 'vectoring-valid-for-exits-of-delivery'],
  },
  {
    statement:
      'That event did not cause the exit: something that its delivery needed was missing, such as an EPT mapping.',
    by,
    clauses: ['vectoring-names-the-interrupted-event', 'vectoring-invalid-for-direct-exits'],
  },
  {
    statement: 'A maskable external interrupt that is found there is injected again after the exit has been handled.',
    by,
    clauses: ['external-interrupt-is-injected-again'],
  },
  {
    statement: 'If it is not, the external interrupt is lost.',
    by,
    clauses: ['external-interrupt-is-injected-again', 'external-is-acknowledged-once', 'in-service-until-eoi'],
  },
  {
    statement: 'KVM treats a hardware exception in the field in the same way, and that is right.',
    by,
    clauses: ['hardware-exception-is-injected-again', 'error-code-of-its-vector'],
  },
  {
    statement: 'For a software exception KVM takes over the instruction length of the exit.',
    by,
    clauses: ['soft-event-is-injected-again-with-length', 'vectoring-length'],
  },
  {
    statement: 'An error code is injected again where the field says that there is one.',
    by,
    clauses: ['vectoring-error-code', 'hardware-exception-is-injected-again'],
  },
  {
    statement: 'If a hardware exception is ignored instead, the processor raises it again once the guest goes on.',
    by,
    clauses: ['dropped-event-leaves-the-guest-where-it-was', 'only-exceptions-are-dropped'],
    note: 'Only for an event that the instruction at RIP raised, that left nothing behind, and with nothing to be taken at the boundary: see event-classes.ts and the computed answer.',
  },
  {
    statement: 'Must a hardware exception from the field be injected? Is anything incorrect if it is not?',
    by,
    clauses: ['every-event-has-one-fate', 'guest-cannot-tell', 'hardware-exception-is-injected-again'],
    note: 'It must: the answer is computed class by class.',
  },
  {
    statement:
      'The injected event may raise a nested exception, and after that is handled the processor triggers the original one again, so that injecting it makes little sense.',
    by,
    clauses: [
      'handler-return-raises-the-fault-again',
      'benign-then-any-is-serial',
      'contributory-then-contributory-is-double-fault',
      'escalation-looks-at-the-latest-event',
    ],
    note: 'The processor triggers nothing again: the return of the handler executes the instruction again, and only if a fault of the program was superseded. The same happens to an event that was not injected. Pairs that make #DF do not come back at all.',
  },
  {
    statement: 'Not injecting is less code.',
    by,
    clauses: ['cost-of-injection'],
  },
  {
    statement: 'Not injecting is faster, rarely with EPT and often with shadow paging.',
    by,
    clauses: ['cost-of-injection', 'lasting-page-fault-livelock', 'fault-of-the-hypervisor-is-repaired'],
    note: 'Cost is no semantics; with shadow paging dropping loses escalation to #DF.',
  },
  {
    statement:
      'One delivery may cause more than one VM exit, such as an EPT violation and then a full PML log, and the event is injected twice.',
    by,
    clauses: ['repeated-obstacles-repeat-injection', 'finite-obstacles-finite-entries'],
    note: 'True, and harmless: it is delivered once.',
  },
];
