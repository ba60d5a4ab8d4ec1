import { Part } from '../part.ts';
import type { IdtVectoringState as State } from '../state.ts';
import { isException, type VectoredEvent } from '../vectored-event.ts';

/** Exceptions that arise at an instruction or at a boundary, not during delivery. */
export class Exceptions extends Part {
  /** `unblockedNmis`: an IRET raised it, and NMIs had been blocked before. */
  raise(state: State, raised: VectoredEvent, unblockedNmis = false): State {
    const event = this.outsideDelivery(state, raised);
    const exited = this.parts.environment.intercept(state, event, unblockedNmis);
    return exited ?? this.parts.delivery.take(this.sideEffects(state, event), event);
  }

  /** "what its program raises is no nested exception: no escalation, no EXT" */
  outsideDelivery(state: State, event: VectoredEvent): VectoredEvent {
    if (state.program.frames.length > 0) this.cite('handler-reached-ends-the-chain');
    return event;
  }

  /** What has happened by the time that delivery begins. */
  sideEffects(state: State, event: VectoredEvent): State {
    if (isException(event, 14)) return this.pageFault(state, event);
    return isException(event, 1) && event.payload !== undefined ? this.debugException(state, event) : state;
  }

  /** "A #PF that does not exit writes its address to CR2" */
  pageFault(state: State, event: VectoredEvent): State {
    this.cite('page-fault-writes-cr2');
    return this.parts.payloads.write(state, this.parts.payloads.of(event));
  }

  /** "A #DB that does not exit sets its bits in DR6 …" */
  debugException(state: State, event: VectoredEvent): State {
    this.cite('debug-exception-writes-dr6-and-clears-gd');
    return this.parts.payloads.write(state, this.parts.payloads.of(event));
  }
}
