import { debugBits } from '../../../spec/idt-vectoring/universe.ts';
import { Part } from '../part.ts';
import type { Guest, IdtVectoringState as State, Program } from '../state.ts';
import { advanced, withPending } from '../update.ts';

/** An instruction completes. */
export class Completion extends Part {
  /** "advances RIP by its length, ends the shadow it stood in and clears RF"; `effects` are those of the instruction. */
  complete(state: State, length: number, effects: Partial<Guest> = {}, program: Partial<Program> = {}): State {
    this.cite('instruction-completes');
    const { guest } = state;
    const completed: Guest = {
      ...guest,
      shadow: 'none',
      resumeFlag: false,
      rip: advanced(guest.rip, length),
      ...effects,
    };
    const after = { ...state, guest: completed, program: { ...state.program, begun: undefined, ...program } };
    return this.isStepped(guest, after.guest) ? this.singleStep(after) : after;
  }

  /** "began with TF 1": the instruction that sets TF is not stepped, the one that clears it is. */
  isStepped(before: Guest, after: Guest): boolean {
    if (before.trapFlag !== after.trapFlag) this.cite('single-step-is-a-trap');
    return before.trapFlag;
  }

  /** "completes and began with TF 1 makes a #DB with BS pending" */
  singleStep(state: State): State {
    this.cite('single-step-is-a-trap');
    return withPending(state, { debug: state.pending.debug | debugBits.singleStep });
  }
}
