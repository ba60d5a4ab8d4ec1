import { ext, faults, idtBit } from '../../../spec/idt-vectoring/universe.ts';
import { eventTypes } from '../../../spec/vmx/interruption-information.ts';
import { Part } from '../part.ts';
import type { IdtVectoringState as State } from '../state.ts';
import { hardwareException, hasLength, isDoubleFault, isException, type VectoredEvent } from '../vectored-event.ts';
import type { Attempt } from './delivery.ts';

/** A fault of the guest's own while an event is delivered. */
export class NestedFaults extends Part {
  /** "The exception bitmap is asked about the exception that was raised, before anything is made of it" */
  raise(state: State, attempt: Attempt, raised: VectoredEvent): State {
    const exited = this.parts.environment.interceptNested(state, attempt, raised);
    return exited ?? this.escalate(this.sideEffects(state, raised), attempt, raised);
  }

  private escalate(state: State, attempt: Attempt, raised: VectoredEvent): State {
    const { environment, escalation, delivery } = this.parts;
    const combined = escalation.combine(state, this.delivered(attempt), raised);
    if (combined === 'tripleFault') return environment.tripleFault(state, attempt);
    const exited = isDoubleFault(combined) ? environment.interceptDoubleFault(state, attempt) : undefined;
    return exited ?? delivery.take(state, this.superseding(state, attempt.event, combined), attempt.first);
  }

  /** "of an event that was superseded it knows nothing" */
  delivered({ event, first }: Attempt): VectoredEvent {
    if (event !== first) this.cite('escalation-looks-at-the-latest-event');
    return event;
  }

  /** "whether it is delivered, turned into #DF, or superseded" */
  sideEffects(state: State, raised: VectoredEvent): State {
    if (!isException(raised, 14)) return state;
    this.cite('page-fault-writes-cr2');
    return this.parts.payloads.write(state, this.parts.payloads.of(raised));
  }

  /** The instruction length of a soft event is its own: what supersedes it returns to RIP. */
  superseding(state: State, first: VectoredEvent, second: VectoredEvent): VectoredEvent {
    if (!hasLength(first)) return second;
    return state.program.begun === undefined
      ? this.supersedesInjected(first, second)
      : this.supersedesOwn(first, second);
  }

  /** "pushes RIP without the VM-entry instruction length, and what was injected is lost" */
  supersedesInjected(_first: VectoredEvent, second: VectoredEvent): VectoredEvent {
    this.cite('fault-during-injection-returns-without-length');
    return second;
  }

  /** "returns to that instruction, without its length" */
  supersedesOwn(_first: VectoredEvent, second: VectoredEvent): VectoredEvent {
    this.cite('soft-event-is-raised-again-after-a-fault-of-its-delivery');
    return second;
  }

  // What is raised.

  /** A fault of the guest's stacks, segments or page tables. */
  fault(delivered: VectoredEvent, vector: 11 | 12 | 13 | 14 | 17): VectoredEvent {
    const { errors, address } = faults.delivery;
    const error = errors[vector] | (vector <= 13 ? this.ext(delivered) : 0);
    return vector === 14 ? hardwareException(14, error, address) : hardwareException(vector, error);
  }

  /** "raises #NP with the vector in bits 15:3 of the error code, and IDT" */
  absentGate(delivered: VectoredEvent): VectoredEvent {
    this.cite('absent-gate-raises-np');
    return hardwareException(11, this.gateError(delivered));
  }

  closedGate(delivered: VectoredEvent): VectoredEvent {
    return hardwareException(13, this.gateError(delivered));
  }

  gateError(delivered: VectoredEvent): number {
    return (delivered.vector << 3) | idtBit | this.ext(delivered);
  }

  /** "EXT is 1 … during delivery of types 0, 2, 3 and 5, and 0 for 4 and 6" */
  ext({ type }: VectoredEvent): number {
    this.cite('ext-tells-who-was-delivered');
    return type === eventTypes.softwareInterrupt || type === eventTypes.softwareException ? 0 : ext;
  }
}
