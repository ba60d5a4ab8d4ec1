import { Part } from '../../part.ts';
import type { Attempt } from '../../processor/delivery.ts';
import type { IdtVectoringState as State } from '../../state.ts';
import { withInflight } from '../../update.ts';
import type { VectoredEvent } from '../../vectored-event.ts';

/** The hypervisor performs the task switch of a task gate. */
export class TaskSwitches extends Part {
  /** "reaches its handler once, with the RIP that any gate would have pushed" */
  perform(state: State, attempt: Attempt): State {
    this.cite('task-gate-reaches-the-handler');
    const switched = this.parts.handlers.reach(state, attempt, true);
    return this.parts.entries.enter(withInflight(switched, this.inflightAfter(attempt.event)));
  }

  /** "does not inject the event again" */
  inflightAfter(_event: VectoredEvent): VectoredEvent | undefined {
    this.cite('task-switch-consumes-the-event');
    return undefined;
  }
}
