import { eventTypes } from '../../../spec/vmx/interruption-information.ts';
import { Part } from '../part.ts';
import type { IdtVectoringState as State } from '../state.ts';
import { withGuest } from '../update.ts';
import { hasLength, isHardwareException, type VectoredEvent } from '../vectored-event.ts';

/** An event that comes from outside the guest's program is delivered at a boundary: VM-entry event injection, or its ideal. */
export class Injection extends Part {
  /** "before anything is recognized, whatever IF says of an exception" */
  deliver(state: State, event: VectoredEvent): State {
    this.cite('injection-comes-first');
    const resumeFlag = this.parts.resumeFlag.ofInjection(state);
    const injected = this.carried(event);
    return this.parts.delivery.attempt(this.sideEffects(state, injected), {
      event: injected,
      resumeFlag,
      injected: true,
      first: injected,
    });
  }

  /** "What an event is follows from its type alone"; "pushes the error code of the entry" */
  carried(event: VectoredEvent): VectoredEvent {
    this.cite('injected-fields-decide-the-frame');
    if (!isHardwareException(event) || event.vector === 3) this.cite('injection-type-is-not-the-vector');
    if (hasLength(event) && event.length === 0) this.cite('injection-of-length-0');
    return event;
  }

  /** Of all that a delivery does by itself, injection does one thing: an NMI blocks NMIs. */
  sideEffects(state: State, event: VectoredEvent): State {
    const written = isHardwareException(event) ? this.payload(state, event) : state;
    return event.type === eventTypes.nmi ? this.blockNmis(written) : written;
  }

  /** "Injection changes neither CR2 nor DR6 nor DR7, whatever the vector" */
  payload(state: State, _event: VectoredEvent): State {
    this.cite('injection-writes-no-payload');
    return state;
  }

  /** "An injected NMI blocks NMIs, as one that was taken." */
  blockNmis(state: State): State {
    this.cite('injection-of-nmi-blocks-nmis');
    return withGuest(state, { nmiBlocked: true });
  }
}
