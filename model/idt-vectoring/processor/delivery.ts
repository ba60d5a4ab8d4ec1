import { Part } from '../part.ts';
import type { IdtVectoringState as State, Shadow } from '../state.ts';
import { gateOf, withGuest, withPending, withTables } from '../update.ts';
import { hasLength, type VectoredEvent } from '../vectored-event.ts';
import { eventTypes } from '../../../spec/vmx/interruption-information.ts';

/** One attempt to deliver an event through the IDT. */
export interface Attempt {
  readonly event: VectoredEvent;
  /** RF that would be pushed. */
  readonly resumeFlag: boolean;
  /** A VM entry gave the event. */
  readonly injected: boolean;
  /** The event that this delivery began with: others have superseded it. */
  readonly first: VectoredEvent;
}

/** Delivery through the IDT, and what can lie in its way. */
export class Delivery extends Part {
  /** Delivers an event that was raised or taken. */
  take(state: State, event: VectoredEvent, first: VectoredEvent = event): State {
    const resumeFlag = this.parts.resumeFlag.ofTheImage(state, event);
    return this.attempt(state, { event, resumeFlag, injected: false, first });
  }

  attempt(state: State, attempt: Attempt): State {
    const begun = this.begin(state, attempt.event);
    const [obstacle, ...obstacles] = begun.tables.obstacles;
    if (obstacle === undefined) return this.throughGate(begun, attempt);
    return this.parts.obstacles.meet(withTables(begun, { obstacles }), attempt, obstacle);
  }

  /** What ends as soon as a delivery begins, whether it succeeds or not. */
  begin(state: State, event: VectoredEvent): State {
    const { halted, shadow } = state.guest;
    const debug = this.pendingDebugAfter(state, event);
    const begun = withGuest(state, {
      halted: halted && this.haltedAfter(),
      shadow: shadow === 'none' ? 'none' : this.shadowAfter(shadow),
    });
    return debug === state.pending.debug ? begun : withPending(begun, { debug });
  }

  /** "A halted processor … goes on with any event that is taken or injected" */
  haltedAfter(): boolean {
    this.cite('hlt-ends-with-an-event');
    return false;
  }

  /** "until the next instruction completes or an event is delivered" */
  shadowAfter(shadow: Shadow): Shadow {
    this.cite(shadow === 'sti' ? 'sti-casts-a-shadow' : 'movss-casts-a-shadow');
    return 'none';
  }

  /** "types 0, 2, 3 and 5 discards …; types 4 and 6 keep them outside the MOV SS shadow" */
  pendingDebugAfter({ pending: { debug }, guest: { shadow } }: State, event: VectoredEvent): number {
    if (debug === 0) return 0;
    this.cite('delivery-discards-pending-debug');
    const keeps = hasLength(event) && event.type !== eventTypes.privilegedSoftwareException && shadow !== 'movss';
    return keeps ? debug : 0;
  }

  private throughGate(state: State, attempt: Attempt): State {
    const { nestedFaults, handlers, environment } = this.parts;
    const gate = gateOf(state.tables, attempt.event.vector);
    if (gate === 'absent') return nestedFaults.raise(state, attempt, nestedFaults.absentGate(attempt.event));
    if (gate === 'closed' && this.isBoundByPrivilege(attempt.event)) {
      return nestedFaults.raise(state, attempt, nestedFaults.closedGate(attempt.event));
    }
    return gate === 'task' ? environment.switchTask(state, attempt) : handlers.reach(state, attempt, false);
  }

  /** "raises #GP with its vector for types 4 and 6, and for no other type" */
  isBoundByPrivilege({ type }: VectoredEvent): boolean {
    this.cite('gate-privilege-binds-soft-events');
    return type === eventTypes.softwareInterrupt || type === eventTypes.softwareException;
  }
}
