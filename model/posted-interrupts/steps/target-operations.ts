import { exitReasons, physicalVectors } from '../../../spec/posted-interrupts/universe.ts';
import type { Program } from '../../../spec/posted-interrupts/steps.ts';
import type { PhysicalName } from '../machine.ts';
import { Part } from '../part.ts';
import type { PostedInterruptsState as State } from '../state.ts';
import { arrived, withCore, withSchedule } from '../update.ts';

/** What the target begins in profile `interleaved`, and the arrivals that make it begin something. */
export class TargetOperations extends Part {
  start(state: State, operation: Program): State {
    const { targetSteps, order } = this.parts;
    return targetSteps.at(state, order.first(operation));
  }

  /** The processor has left the guest; software publishes it in a step of its own. */
  exit(state: State): State {
    return this.start(this.parts.hostInterrupt.reportTimer(state, 0), 'exit');
  }

  halt(state: State): State {
    this.cite('hlt-exits-or-halts');
    const exited = this.parts.exits.report(state, 0, { reason: exitReasons.hlt });
    return this.start(withCore(exited, 0, { halted: true }), 'exit');
  }

  load(state: State, p: number): State {
    return this.start(withSchedule(state, 0, { loaded: true, pcpu: p }), 'load');
  }

  /** "From before the sync until the guest runs no physical interrupt is taken" */
  interruptsAreOff({ steps, vcpus }: State, p: number): boolean {
    const { target } = steps;
    if (target === undefined || vcpus[0].schedule.pcpu !== p) return false;
    const off = this.isUninterruptible(this.parts.order.operationOf(target)) || isGivingUp(target);
    if (off) this.cite('interrupts-are-off-around-entry');
    return off;
  }

  /** "Once begun, posted-interrupt processing runs to its end before the guest takes anything else." */
  isUninterruptible(operation: Program): boolean {
    if (operation === 'notification') this.cite('processing-is-not-interrupted');
    return operation === 'enter' || operation === 'exit' || operation === 'notification';
  }

  /** Whether the target is in the guest: marked so, and in the middle of nothing. */
  isInGuest({ steps, vcpus }: State): boolean {
    return vcpus[0].schedule.mode === 1 && steps.target === undefined;
  }

  arrive(state: State, p: number, physical: PhysicalName): State {
    const { hostInterrupt, exits } = this.parts;
    const taken = arrived(state, p, physical);
    if (!this.isInGuest(taken) || taken.vcpus[0].schedule.pcpu !== p) {
      return hostInterrupt.arriveOutside(taken, p, physical);
    }
    if (hostInterrupt.isNotification(taken, 0, physical)) return this.start(taken, 'notification');
    const exited = exits.report(taken, 0, hostInterrupt.report(physicalVectors[physical]));
    return hostInterrupt.handle(this.start(exited, 'exit'), p, physical);
  }
}

/** Scheduling with interrupts off, after the decision to sleep. */
const isGivingUp = (step: string): boolean =>
  step === 'list' || step === 'switch-nv' || step === 'test-on-after-switch' || step === 'deschedule';
