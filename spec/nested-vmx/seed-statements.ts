import type { SeedStatement } from '../seed-statement.ts';

const patch = "the patch (Nadav Har'El)";
const tian = 'Kevin Tian';

/** Every statement of seed 000 about the machine or its emulation, in its order, and where it went. */
export const seedStatements: readonly SeedStatement[] = [
  {
    statement: 'Right is what would be seen if L0 were taken away and the hardware delivered the interrupt.',
    by: patch,
    clauses: ['l0-is-invisible', 'nested-is-bare', 'host-exit-is-a-stutter'],
  },
  {
    statement:
      'With external-interrupt exiting and without acknowledge the processor exits to L1 with the reason of an external interrupt, and no vector.',
    by: patch,
    clauses: ['exit-without-acknowledge-tells-no-vector', 'information-is-valid-with-acknowledge-only'],
  },
  {
    statement: 'L1 then runs with interrupts disabled, and does not know the vector yet.',
    by: patch,
    clauses: ['l1-starts-with-interrupts-off', 'exit-without-acknowledge-leaves-it-pending'],
  },
  {
    statement: 'Only when L1 enables interrupts does it get the interrupt from the processor.',
    by: patch,
    clauses: ['l1-takes-it-when-it-opens', 'vector-is-chosen-when-it-is-taken', 'interrupt-after-the-first-opening'],
  },
  {
    statement: 'To inject an interrupt L0 exits from L2 to L1 and runs L1.',
    by: patch,
    clauses: [
      'exit-without-acknowledge-tells-no-vector',
      'hidden-interrupt-makes-no-exit',
      'l2-if-does-not-block-the-exit',
    ],
    note: 'The patch exits for any interrupt that L0 wants to inject. Normative is the processor: only a vector above PPR of L1 exits, and IF of L2 does not hold it off.',
  },
  {
    statement:
      'L1 has interrupts disabled then, so that L0 opens an interrupt window of its own for L1, and injects when L1 enables interrupts.',
    by: patch,
    clauses: ['l1-takes-it-when-it-opens', 'l0-window-is-not-reported', 'windows-are-armed-per-level'],
  },
  {
    statement: 'While an entry is pending L0 cannot return to L1: it must launch L2.',
    by: patch,
    clauses: ['entry-recognizes-nothing', 'injected-event-goes-before-exits', 'injected-once'],
  },
  {
    statement: 'The interrupt is remembered meanwhile, and not cleared.',
    by: patch,
    clauses: [
      'entry-recognizes-nothing',
      'pending-interrupt-survives-level-changes',
      'race-before-the-entry-is-closed',
    ],
  },
  {
    statement: 'The exit to L1 is made on the next exit of L2.',
    by: patch,
    clauses: ['entry-executes-nothing-first', 'injected-event-goes-before-exits'],
    note: 'Right only if that exit comes before the first instruction of L2, as Linux forces it; an L2 that runs until it happens to exit is wrong (D-20).',
  },
  {
    statement: 'The extra interrupt-window exit is needed, and not for want of optimization.',
    by: patch,
    clauses: ['l0-window-is-not-reported', 'window-of-l1-is-reported-only-if-asked', 'l0-is-invisible'],
    note: 'How often L0 gains control is nobody’s business; that none of it shows is.',
  },
  {
    statement: 'Without external-interrupt exiting L0 injects straight into L2, as into any guest.',
    by: patch,
    clauses: [
      'direct-interrupt-goes-through-the-idt-of-l2',
      'direct-interrupt-obeys-l2',
      'direct-interrupt-is-acknowledged-once',
      'eoi-of-l2-frees-l1',
    ],
    note: '"No hypervisor does" holds for products; tests of hypervisors do.',
  },
  {
    statement:
      'With acknowledge on exit L1 expects the vector in the exit information, and not to be interrupted again.',
    by: patch,
    clauses: ['acknowledged-exit-tells-the-vector', 'acknowledged-exit-moves-irr-to-isr', 'acknowledge-belongs-to-l1'],
  },
  {
    statement: 'Acknowledge on exit is not supported, and L1 cannot turn it on.',
    by: patch,
    clauses: ['acknowledge-on-exit-is-not-offered', 'acknowledged-exit-tells-the-vector'],
    note: 'Recorded disagreement (D-01): the reviewer finds it easy, the manual defines it, Linux has it since 2014. Normative: it is offered.',
  },
  {
    statement: 'No hypervisor acknowledges on exit.',
    by: patch,
    clauses: ['no-hypervisor-acknowledges-on-exit'],
    note: 'Recorded disagreement (D-01); of no consequence for the rules.',
  },
  {
    statement:
      'Type-1 hypervisors such as Xen may acknowledge on exit; a hosted one rather leaves the interrupt to its kernel.',
    by: tian,
    clauses: ['no-hypervisor-acknowledges-on-exit', 'exit-without-acknowledge-leaves-it-pending'],
  },
  {
    statement:
      'For acknowledge on exit the vector field is filled with the highest unmasked bit of the pending virtual IRR.',
    by: tian,
    clauses: [
      'acknowledged-exit-tells-the-vector',
      'hidden-interrupt-makes-no-exit',
      'highest-vector-is-delivered-first',
    ],
    note: 'Unmasked is read as above PPR of L1; if the highest bit is not, nothing is deliverable and there is no exit. Filling the field is half of it: IRR goes to ISR (acknowledged-exit-moves-irr-to-isr).',
  },
  {
    statement: 'The test of the control could be a common wrapper.',
    by: tian,
    clauses: ['wrapper-for-the-control'],
  },
];
