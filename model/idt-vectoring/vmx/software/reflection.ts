import { Part } from '../../part.ts';
import type { IdtVectoringState as State, Payload } from '../../state.ts';
import { withInflight } from '../../update.ts';
import type { VectoredEvent } from '../../vectored-event.ts';

/** An exception that exits directly and is the guest's. */
export class Reflection extends Part {
  /** "is injected by the next entry, with type, error code and length of the exit" */
  reflect(state: State, event: VectoredEvent, unblockedNmis: boolean): State {
    this.cite('reflected-exception-is-given-to-the-guest');
    const reflected = unblockedNmis ? this.nmisAfterIret(state) : state;
    return withInflight(reflected, this.given(event), this.payload(event));
  }

  given(event: VectoredEvent): VectoredEvent {
    return event;
  }

  payload(event: VectoredEvent): Payload | undefined {
    return this.parts.payloads.of(event);
  }

  /** "A hypervisor that gives the fault of an IRET to the guest leaves NMIs unblocked." */
  nmisAfterIret(state: State): State {
    this.cite('iret-reflected-leaves-nmis-unblocked');
    return state;
  }

  /** "CR2, DR6 and GD are written at that entry, not before" */
  writePayload(state: State, _event: VectoredEvent | undefined): State {
    return this.parts.payloads.write(state, state.hypervisor.payload);
  }
}
