import { programs, type AtomicStep, type Program } from '../../../spec/posted-interrupts/steps.ts';
import { Part, type PostedInterruptsClause } from '../part.ts';

const programOf = Object.fromEntries(
  Object.entries(programs).flatMap(([program, steps]) => steps.map((step) => [step, program])),
) as Readonly<Record<AtomicStep, Program>>;

/** What the place of some steps is there for. */
const reasons: Partial<Record<AtomicStep, PostedInterruptsClause>> = {
  'set-pir': 'post-sets-pir-first',
  'read-mode': 'mode-is-read-after-on-is-set',
  'publish-in-guest': 'in-guest-is-published-before-sync',
  'test-on': 'sync-precedes-every-entry',
  'clear-on': 'sync-clears-on-before-pir',
  'processor-clear-on': 'notification-clears-on-before-pir',
  'mark-blocked': 'block-marks-before-it-looks',
  'check-test-on': 'block-looks-at-pir',
  'check-clear-on': 'sync-clears-on-before-pir',
  schedule: 'new-on-wakes-a-blocked-target',
  list: 'sleeper-is-listed-with-wakeup-vector',
  'switch-nv': 'sleeper-is-listed-with-wakeup-vector',
  'test-on-after-switch': 'on-is-rechecked-after-nv',
  'read-pir-word-1': 'recheck-follows-the-clearing-of-sn',
};

/** The order of the atomic steps: a fault gives one of the programs in another order, or with steps left out. */
export class Order extends Part {
  /** The steps of an operation. */
  program(operation: Program): readonly AtomicStep[] {
    return programs[operation];
  }

  first(operation: Program): AtomicStep {
    return this.explained(this.program(operation)[0]);
  }

  /** The step after another one of the same operation; `undefined` after the last. */
  after(step: AtomicStep): AtomicStep | undefined {
    const program = this.program(programOf[step]);
    return this.explained(program[program.indexOf(step) + 1]);
  }

  /** The step at which an operation goes on; if a fault has left it out, the one that would follow it. */
  from(step: AtomicStep): AtomicStep | undefined {
    const program = this.program(programOf[step]);
    const whole: readonly AtomicStep[] = programs[programOf[step]];
    return this.explained(whole.slice(whole.indexOf(step)).find((one) => program.includes(one)));
  }

  /** A step that comes next: its place decides. */
  private explained<S extends AtomicStep | undefined>(step: S): S {
    if (step !== undefined) this.explain(step);
    return step;
  }

  /** Names what the place of a step is there for. */
  explain(step: AtomicStep): void {
    const reason = reasons[step];
    if (reason !== undefined) this.cite(reason);
  }

  /** The operation that a step belongs to. */
  operationOf(step: AtomicStep): Program {
    return programOf[step];
  }
}
