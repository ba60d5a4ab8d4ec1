import { exitReasons } from '../../../../spec/vmx/exit-reasons.ts';
import { Part } from '../../part.ts';
import type { IdtVectoringState as State } from '../../state.ts';

/** Exits that the guest has nothing to do with. */
export class LoneExits extends Part {
  /** "it finds the handler reached": what is in flight is delivered first. */
  kick(state: State, reason: 'externalInterrupt' | 'preemptionTimer'): State {
    if (state.hypervisor.inflight !== undefined) this.cite('asynchronous-exit-follows-injection');
    const settled = this.parts.environment.settle(state);
    return settled.guest.shutdown ? settled : this.roundTrip(settled, exitReasons[reason]);
  }

  roundTrip(state: State, reason: number): State {
    return this.parts.entries.enter(this.kept(this.parts.exits.exit(state, { reason })));
  }

  /** "saves shadows, activity, pending debug exceptions and the blocking of NMIs as they are" */
  kept(state: State): State {
    this.cite('asynchronous-exit-keeps-shadows');
    return state;
  }
}
