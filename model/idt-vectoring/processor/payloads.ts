import { Part } from '../part.ts';
import type { IdtVectoringState as State, Payload } from '../state.ts';
import { withGuest } from '../update.ts';
import { isException, type VectoredEvent } from '../vectored-event.ts';

/** Bits of DR6 that a debug exception replaces; it adds to the others. */
const breakpoints = 0xf;

/** What an event writes besides its frame: CR2, DR6, DR7.GD. */
export class Payloads extends Part {
  /** What an exception writes where it is raised; what its vector is matters for hardware exceptions alone. */
  of(event: VectoredEvent): Payload | undefined {
    if (event.payload === undefined) return undefined;
    if (isException(event, 14)) return { register: 'cr2', value: event.payload };
    return isException(event, 1) ? { register: 'dr6', value: event.payload } : undefined;
  }

  write(state: State, payload: Payload | undefined): State {
    if (payload === undefined) return state;
    return payload.register === 'cr2'
      ? this.writeCr2(state, payload.value)
      : this.writeDebugRegisters(state, payload.value);
  }

  writeCr2(state: State, address: number): State {
    return withGuest(state, { cr2: address });
  }

  /** "sets its bits in DR6, replaces bits 3:0, clears DR7.GD" */
  writeDebugRegisters(state: State, bits: number): State {
    const { dr6, generalDetect } = state.guest;
    return withGuest(state, {
      dr6: (dr6 & ~breakpoints) | bits,
      generalDetect: this.generalDetectAfter(generalDetect),
    });
  }

  generalDetectAfter(_generalDetect: boolean): boolean {
    return false;
  }
}
