import { instructionLengths as lengths } from '../../../spec/idt-vectoring/universe.ts';
import { eventTypes } from '../../../spec/vmx/interruption-information.ts';
import { Part } from '../part.ts';
import type { IdtVectoringState as State } from '../state.ts';
import { advanced, withGuest, withProgram } from '../update.ts';
import { hardwareException, type VectoredEvent } from '../vectored-event.ts';

/** INT n, INT3, INTO and INT1. */
export class SoftEvents extends Part {
  /** INT3 and INTO: type 6. */
  softwareException(state: State, vector: number, length: number): State {
    return this.parts.exceptions.raise(state, { type: eventTypes.softwareException, vector, length });
  }

  /** "is intercepted by nothing" */
  intN(state: State, vector: number): State {
    this.cite('intn-is-no-exception');
    return this.parts.delivery.take(state, this.softwareInterrupt(vector));
  }

  /** "pushes no error code, writes no CR2 … and is benign" */
  softwareInterrupt(vector: number): VectoredEvent {
    return { type: eventTypes.softwareInterrupt, vector, length: lengths.intn };
  }

  /** "The exception of INT1 has type 5 with RIP at INT1, or type 3 with RIP past it." */
  int1(state: State): State {
    this.cite('int1-type');
    const event = this.exceptionOfInt1(state);
    return this.parts.exceptions.raise(event.type === eventTypes.hardwareException ? this.past(state) : state, event);
  }

  /** "leads to the handler of #DB, changes neither DR6 nor DR7": it brings no bits. */
  exceptionOfInt1({ machine }: State): VectoredEvent {
    this.cite('int1-touches-no-debug-register');
    if (machine.config.int1Type === eventTypes.hardwareException) return hardwareException(1);
    return { type: eventTypes.privilegedSoftwareException, vector: 1, length: lengths.int1 };
  }

  private past(state: State): State {
    return withProgram(withGuest(state, { rip: advanced(state.guest.rip, lengths.int1) }), { begun: undefined });
  }
}
