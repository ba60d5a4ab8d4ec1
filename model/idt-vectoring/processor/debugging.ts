import { debugBits, instructionLengths as lengths } from '../../../spec/idt-vectoring/universe.ts';
import { Part } from '../part.ts';
import type { Guest, IdtVectoringState as State } from '../state.ts';
import { withPending } from '../update.ts';
import { hardwareException } from '../vectored-event.ts';

/** Instructions that have to do with debug exceptions. */
export class Debugging extends Part {
  movDr(state: State, to: 'gd' | 'noGd' | 'dr6'): State {
    return state.guest.generalDetect ? this.generalDetect(state, to) : this.writeDr(state, to);
  }

  /** "raises #DB with BD before it does anything" */
  generalDetect(state: State, _to: 'gd' | 'noGd' | 'dr6'): State {
    this.cite('general-detect-is-a-fault');
    return this.parts.exceptions.raise(state, hardwareException(1, undefined, debugBits.generalDetect));
  }

  private writeDr(state: State, to: 'gd' | 'noGd' | 'dr6'): State {
    const effects: Partial<Guest> = to === 'dr6' ? { dr6: 0 } : { generalDetect: to === 'gd' };
    return this.parts.completion.complete(state, lengths.movdr, effects);
  }

  codeBreakpoint(state: State, cause: boolean): State {
    if (!cause || this.isSuppressed(state)) return this.parts.completion.complete(state, lengths.codeBreakpoint);
    return this.reportCodeBreakpoint(state);
  }

  /** "raises #DB before its instruction is executed" */
  reportCodeBreakpoint(state: State): State {
    this.cite('code-breakpoint-is-a-fault');
    return this.parts.exceptions.raise(state, hardwareException(1, undefined, debugBits.codeBreakpoint));
  }

  private isSuppressed({ guest }: State): boolean {
    return (guest.resumeFlag && this.resumeFlagSuppresses()) || (guest.shadow === 'movss' && this.movSsSuppresses());
  }

  /** "With RF 1 an instruction breakpoint is not reported" */
  resumeFlagSuppresses(): boolean {
    this.cite('rf-suppresses-code-breakpoint');
    return true;
  }

  /** "In the MOV SS shadow an instruction breakpoint is not reported." */
  movSsSuppresses(): boolean {
    this.cite('movss-suppresses-code-breakpoint');
    return true;
  }

  /** "is reported at the boundary after the access, with RIP past the instruction" */
  dataBreakpoint(state: State): State {
    this.cite('data-breakpoint-is-a-trap');
    const completed = this.parts.completion.complete(state, lengths.dataBreakpoint);
    return withPending(completed, { debug: completed.pending.debug | debugBits.dataBreakpoint });
  }
}
