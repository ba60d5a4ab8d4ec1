import { maximumFrames } from '../../../spec/idt-vectoring/universe.ts';
import { eventTypes } from '../../../spec/vmx/interruption-information.ts';
import { Part } from '../part.ts';
import type { Frame, IdtVectoringState as State, Program, Reached } from '../state.ts';
import { advanced, withGuest } from '../update.ts';
import type { VectoredEvent } from '../vectored-event.ts';
import type { Attempt } from './delivery.ts';

/** The handler is reached: what is pushed, and the state in which it starts. */
export class Handlers extends Part {
  /** `task`: by a task switch. */
  reach(state: State, attempt: Attempt, task: boolean): State {
    const frame = this.frame(state, attempt);
    const program: Program = { frames: [...state.program.frames, frame].slice(-maximumFrames), begun: undefined };
    const started = { ...this.start(state, attempt.event), program };
    return this.report(started, attempt, frame, task);
  }

  frame(state: State, { event, resumeFlag }: Attempt): Frame {
    this.cite('frame-holds-the-flags');
    const { rip, interruptFlag, trapFlag } = state.guest;
    const returnRip = this.returnRip(rip, event);
    const begun = returnRip === rip ? state.program.begun : undefined;
    return { rip: returnRip, interruptFlag, trapFlag, resumeFlag, vector: event.vector, begun };
  }

  returnRip(rip: number, event: VectoredEvent): number {
    return event.length === undefined ? this.atInstruction(rip, event) : this.afterInstruction(rip, event.length);
  }

  /** "INT n, INT3, INTO and INT1 push the RIP of the instruction after them." */
  afterInstruction(rip: number, length: number): number {
    this.cite('soft-event-returns-past-itself');
    return advanced(rip, length);
  }

  /** "A fault is delivered with the RIP of the instruction that raised it" */
  atInstruction(rip: number, event: VectoredEvent): number {
    if (this.parts.resumeFlag.isFaultClass(event)) this.cite('fault-leaves-rip-at-the-instruction');
    return rip;
  }

  /** "The handler starts with TF and RF 0, no shadow and no HLT" */
  start(state: State, { vector }: VectoredEvent): State {
    this.cite('delivery-establishes-the-handler');
    return withGuest(state, {
      rip: (1 + vector) << 12,
      interruptFlag: this.interruptFlagInHandler(state),
      trapFlag: false,
      resumeFlag: false,
    });
  }

  /** "IF is 0 after an interrupt gate and unchanged after a trap gate" */
  interruptFlagInHandler({ machine, guest }: State): boolean {
    return machine.config.gates === 'trap' && guest.interruptFlag;
  }

  private report(state: State, { event }: Attempt, frame: Frame, task: boolean): State {
    const { generalDetect, nmiBlocked, cr2, dr6 } = state.guest;
    const { rip: returnRip, interruptFlag, trapFlag, resumeFlag } = frame;
    const pushed = this.pushed(event);
    const flags = { interruptFlag, trapFlag, resumeFlag, task, generalDetect, nmiBlocked };
    const reached: Reached = { event: pushed, error: pushed.error ?? 0, returnRip, ...flags, cr2, dr6 };
    const { first, second } = state.delivery;
    return { ...state, delivery: first.event === undefined ? { first: reached, second } : { first, second: reached } };
  }

  /** "An error code is pushed for hardware exceptions 8, 10 to 14 and 17, and for nothing else." */
  pushed(event: VectoredEvent): VectoredEvent {
    if (event.type === eventTypes.hardwareException) this.cite('error-code-of-its-vector');
    else if (event.type === eventTypes.softwareInterrupt) this.cite('intn-is-no-exception');
    return event;
  }
}
