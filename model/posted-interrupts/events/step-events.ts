import type { Skip } from '../../../spec/contract.ts';
import type { PostedInterruptsEvent } from '../../../spec/posted-interrupts/alphabet.ts';
import type { Parts } from '../parts.ts';
import { skips } from '../skips.ts';
import type { PostedInterruptsState as State } from '../state.ts';
import type { PosterStep } from '../steps/poster-steps.ts';
import type { TargetStep } from '../steps/target-steps.ts';

/** The atomic steps. */
export type StepEvent = Extract<PostedInterruptsEvent, { kind: 'startPost' | 'start' | 'step' }>;

/** An agent begins an operation, or takes its next atomic step. */
export function stepEvent(parts: Parts, state: State, event: StepEvent): State | Skip {
  const { target, posters } = state.steps;
  switch (event.kind) {
    case 'startPost':
      if (posters[event.poster].step !== undefined) return skips.underWay;
      return parts.posterSteps.start(state, event.poster, event.vector);
    case 'start':
      return target === undefined ? start(parts, state, event.operation) : skips.underWay;
    case 'step': {
      if (event.agent === 'target') {
        return target === undefined ? skips.atRest : parts.targetSteps.take(state, target as TargetStep);
      }
      const n = event.agent === 'poster0' ? 0 : 1;
      const { step } = posters[n];
      return step === undefined ? skips.atRest : parts.posterSteps.take(state, n, step as PosterStep);
    }
    default:
      return event satisfies never;
  }
}

type Operation = Extract<StepEvent, { kind: 'start' }>['operation'];

function start(parts: Parts, state: State, operation: Operation): State | Skip {
  const { targetOperations } = parts;
  const { schedule, core } = state.vcpus[0];
  switch (operation) {
    case 'exit':
      return schedule.mode === 0 ? skips.outside : targetOperations.exit(state);
    case 'halt':
      return schedule.mode === 0 ? skips.outside : targetOperations.halt(state);
    case 'enter':
    case 'block':
    case 'preempt':
      if (!schedule.loaded) return skips.unloaded;
      if (schedule.mode !== 0) return skips.inGuest;
      if (operation === 'enter' && core.halted) return skips.halted;
      if (operation === 'block' && !core.halted) return skips.awake;
      return targetOperations.start(state, operation);
    case 'load0':
    case 'load1': {
      const p = operation === 'load0' ? 0 : 1;
      if (p >= state.machine.config.pcpus) return skips.absent;
      if (schedule.loaded) return skips.loaded;
      return schedule.blocked ? skips.blocked : targetOperations.load(state, p);
    }
    default:
      return operation satisfies never;
  }
}
