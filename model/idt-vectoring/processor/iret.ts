import { faults, instructionLengths as lengths } from '../../../spec/idt-vectoring/universe.ts';
import { Part } from '../part.ts';
import type { Begun, Frame, Guest, IdtVectoringState as State, Instruction } from '../state.ts';
import { hardwareException } from '../vectored-event.ts';

type Meets = Extract<Instruction, { kind: 'iret' }>['meets'];

/** IRET from the innermost handler. */
export class Iret extends Part {
  execute(state: State, meets: Meets, cause: boolean): State {
    const { nmis, environment, exceptions } = this.parts;
    const wereBlocked = state.guest.nmiBlocked;
    const unblocked = nmis.unblock(state);
    switch (meets) {
      case 'nothing':
        return this.complete(unblocked);
      case 'page':
      case 'pml':
        return this.complete(nmis.unblock(environment.interruptIret(unblocked, meets, wereBlocked)));
      case 'gp':
      case 'pf':
        return cause
          ? exceptions.raise(this.nmisAtFault(unblocked, wereBlocked), this.fault(meets), wereBlocked)
          : this.complete(unblocked);
      default:
        return meets satisfies never;
    }
  }

  /** "a fault of the guest in it leaves them unblocked" */
  nmisAtFault(state: State, wereBlocked: boolean): State {
    if (wereBlocked) this.cite('iret-unblocks-nmis-even-if-it-faults');
    return state;
  }

  private fault(meets: 'gp' | 'pf') {
    const { errors, address } = faults.iret;
    return meets === 'gp' ? hardwareException(13, errors[13]) : hardwareException(14, errors[14], address);
  }

  private complete(state: State): State {
    const frames = state.program.frames.slice(0, -1);
    const frame = state.program.frames.at(-1);
    // A handler whose frame has been forgotten returns nowhere.
    if (frame === undefined) return this.parts.completion.complete(state, lengths.iret);
    const effects = { ...this.restored(frame), ...this.handled(frame) };
    return this.parts.completion.complete(state, lengths.iret, effects, { frames, begun: this.begunAfter(frame) });
  }

  /** "IRET brings them, RF and RIP back." */
  restored(frame: Frame): Partial<Guest> {
    this.cite('frame-holds-the-flags');
    const { rip, interruptFlag, trapFlag, resumeFlag, vector } = frame;
    // What #DF pushed is not defined; its handler clears the bit.
    return { rip, interruptFlag, trapFlag, resumeFlag: vector !== 8 && resumeFlag };
  }

  /** What the handlers of #MC and #VE do just before they return. */
  handled({ vector }: Frame): Partial<Guest> {
    if (vector === 18) return this.machineCheckHandled();
    return vector === 20 ? { veBusy: false } : {};
  }

  /** "its handler clears it" */
  machineCheckHandled(): Partial<Guest> {
    this.cite('machine-check-sets-mcip');
    return { mcip: false };
  }

  /** "comes back only because that handler returns to the instruction" */
  begunAfter({ begun }: Frame): Begun | undefined {
    if (begun?.cause === true) this.cite('handler-return-raises-the-fault-again');
    return begun;
  }
}
