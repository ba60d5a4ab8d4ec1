import { afterShutdown } from '../initial.ts';
import { Part } from '../part.ts';
import type { IdtVectoringState as State } from '../state.ts';

/** The shutdown state. */
export class Shutdown extends Part {
  /** "After shutdown no event reaches a handler any more." */
  enter(state: State): State {
    this.cite('shutdown-is-final');
    const hypervisor = { outside: false, inflight: undefined, payload: undefined };
    return { ...state, ...afterShutdown, hypervisor };
  }
}
