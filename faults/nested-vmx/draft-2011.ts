import {
  control,
  withPhysical,
  type Checked,
  type NestedState as State,
  type Plan,
  type Situation,
} from '../../model/nested-vmx/index.ts';
import { Look } from '../../model/nested-vmx/l0/look.ts';
import { NestedEvents } from '../../model/nested-vmx/l0/nested-events.ts';
import { EntryChecks } from '../../model/nested-vmx/processor/entry-checks.ts';
import type { Draft } from '../draft.ts';
import { fault } from './define.ts';

/** "the current code does not (yet) support this case": L1 cannot turn the control on. */
class WithoutAcknowledge extends EntryChecks {
  override controlsFit(checked: Checked): boolean {
    return super.controlsFit(checked) && (checked.controls & control.acknowledgeInterrupt) === 0;
  }
}

/** "remember the interrupt … and do it on the next exit": nothing makes that exit come. */
class UntilTheNextExit extends Look {
  override exitsAtOnce(situation: Situation, plan: Plan): boolean {
    return super.exitsAtOnce({ ...situation, interrupt: 0 }, plan);
  }

  override look(state: State): State {
    const looked = super.look(state);
    return state.runsL2 && state.l0.runPending ? withPhysical(looked, { interrupt: false }) : looked;
  }
}

/** An interrupt for L1 leaves L2, whatever L2 was being given. */
class WithoutVectoring extends NestedEvents {
  override isInFlight(state: State, situation: Situation): boolean {
    super.isInFlight(state, situation);
    const { interrupt, controls } = situation;
    return interrupt === 0 || !this.parts.boundary.exitsOnInterrupt(controls);
  }
}

/** Each mistake of the draft alone. */
export const mistakesOf2011 = [
  fault({
    id: 'acknowledge-on-exit-is-not-offered',
    breaks: ['controls-fit-freely-otherwise', 'entry-loads-the-guest-state', 'entry-decides-nmi-blocking'],
    wrong: 'VM entry refuses "acknowledge interrupt on exit".',
    parts: { entryChecks: WithoutAcknowledge },
  }),
  fault({
    id: 'interrupt-waits-for-the-next-exit',
    breaks: [
      'entry-executes-nothing-first',
      'injected-event-goes-before-exits',
      'pending-interrupt-survives-level-changes',
      'l0-is-invisible',
    ],
    wrong: 'An interrupt that L0 finds while an entry is pending is remembered until L2 happens to exit.',
    config: { preset: 'exit' },
    parts: { look: UntilTheNextExit },
  }),
  fault({
    id: 'interrupt-exit-drops-what-is-in-flight',
    breaks: ['in-flight-event-is-delivered-first', 'interrupted-exit-is-never-vectoring'],
    wrong: 'L0 leaves L2 for an interrupt while it holds an event of L2 in flight, and forgets that one.',
    parts: { nestedEvents: WithoutVectoring },
  }),
];

/** Seed 000: interrupts for L1 while L2 runs, as Nadav Har'El posted them for KVM in 2011. */
export const draft2011: Draft = {
  ...fault({
    id: 'draft-2011-interrupt-injection',
    breaks: [
      'controls-fit-freely-otherwise',
      'entry-executes-nothing-first',
      'injected-event-goes-before-exits',
      'in-flight-event-is-delivered-first',
      'interrupted-exit-is-never-vectoring',
      'pending-interrupt-survives-level-changes',
      'entry-decides-nmi-blocking',
    ],
    wrong:
      'The patch of 2011: no acknowledge on exit, a remembered interrupt waits for any exit, nothing in flight is kept.',
    parts: { entryChecks: WithoutAcknowledge, look: UntilTheNextExit, nestedEvents: WithoutVectoring },
  }),
  seed: '000',
  title: 'nVMX: Correct handling of interrupt injection (patch 23 of 31)',
  year: 2011,
  doc:
    'An interrupt for L1 that comes while L2 runs makes L2 exit with the reason of an external interrupt and no vector; ' +
    'L0 opens a window of its own on L1, and injects when L1 opens. While an entry is pending the interrupt is kept, ' +
    'and the exit is left to whatever exit L2 makes next. Without external-interrupt exiting L0 injects straight into ' +
    'L2. Acknowledge on exit is not among the controls that L1 is offered.',
  objections: [
    {
      by: 'Kevin Tian',
      says: 'A type-1 hypervisor such as Xen may well set "acknowledge interrupt on exit", so the control has to be there.',
      at: '"again, no hypervisor that I know does"',
      clauses: ['controls-fit-freely-otherwise', 'acknowledged-exit-moves-irr-to-isr'],
      fault: 'acknowledge-on-exit-is-not-offered',
    },
    {
      by: 'Kevin Tian',
      says: 'To support it, the exit only has to tell the highest vector of the virtual IRR that is not masked.',
      at: '"The current code does not (yet) support this case"',
      clauses: ['acknowledged-exit-tells-the-vector', 'highest-vector-is-delivered-first'],
      fault: 'acknowledged-exit-tells-no-vector',
    },
    {
      by: 'Kevin Tian',
      says: 'The test of the control could go through a common wrapper.',
      at: 'hunk of nested_exit_on_intr()',
      clauses: ['wrapper-for-the-control'],
      fault: undefined,
    },
    {
      by: 'this suite',
      says: 'The next exit may come much later: L2 executes instructions that it would not have executed without L0.',
      at: '"and do it on the next exit"',
      clauses: ['entry-executes-nothing-first', 'injected-event-goes-before-exits'],
      fault: 'interrupt-waits-for-the-next-exit',
    },
    {
      by: 'this suite',
      says: 'An event of L2 whose delivery L0 has interrupted is lost when L0 leaves L2 for an interrupt of L1.',
      at: '"it needs to exit from L2 to L1"',
      clauses: ['in-flight-event-is-delivered-first'],
      fault: 'interrupt-exit-drops-what-is-in-flight',
    },
    {
      by: 'this suite',
      says: 'Filling the field is half of the acknowledge: the vector has to go from IRR to ISR, or L1 gets it again.',
      at: '"does not expect to be interrupted again with this interrupt"',
      clauses: ['acknowledged-exit-moves-irr-to-isr'],
      fault: 'acknowledged-exit-acknowledges-nothing',
    },
  ],
};
