import { exitReasons } from '../../../../spec/vmx/exit-reasons.ts';
import { Part } from '../../part.ts';
import type { Client, IdtVectoringState as State } from '../../state.ts';
import { withInflight } from '../../update.ts';
import { hasLength, informationWord, type VectoredEvent } from '../../vectored-event.ts';

/** An EPT violation that belongs to L1: the hypervisor hands the exit over, with the event that was being delivered. */
export class Clients extends Part {
  /** "L0 forgets the event, and what L1 injects then is delivered" */
  handOver(state: State, event: VectoredEvent): State {
    this.cite('client-gets-the-event');
    return { ...withInflight(state, this.injectedByClient(event)), client: this.exitOfClient(event) };
  }

  /** L1 gives back what it found. */
  injectedByClient(event: VectoredEvent): VectoredEvent | undefined {
    return event;
  }

  /** "hands it the event, error code and length in its IDT-vectoring fields" */
  exitOfClient(event: VectoredEvent): Client {
    return {
      reason: exitReasons.eptViolation,
      vectoring: informationWord(event),
      error: event.error ?? 0,
      length: hasLength(event) ? (event.length ?? 0) : 0,
    };
  }
}
