import { debugBits } from '../../../spec/idt-vectoring/universe.ts';
import { Part } from '../part.ts';
import type { IdtVectoringState as State } from '../state.ts';
import { isDoubleFault, isException, isHardwareException, type VectoredEvent } from '../vectored-event.ts';

/** Vectors of faults, among the hardware exceptions that occur. */
const faults = [0, 6, 11, 12, 13, 14, 17, 20];

/** RF in what an event pushes. */
export class ResumeFlag extends Part {
  /** RF in the image of RFLAGS that an event pushes. */
  ofTheImage(state: State, event: VectoredEvent): boolean {
    if (isDoubleFault(event)) return false;
    if (this.isFaultClass(event)) return this.ofFault();
    return this.isGeneralDetect(event) ? this.ofGeneralDetect(state) : this.ofOthers(state);
  }

  isFaultClass(event: VectoredEvent): boolean {
    return isHardwareException(event) && faults.includes(event.vector);
  }

  private isGeneralDetect(event: VectoredEvent): boolean {
    return isException(event, 1) && event.payload === debugBits.generalDetect;
  }

  /** "RF is pushed as 1 for a fault other than #DB" */
  ofFault(): boolean {
    this.cite('rf-of-the-image');
    return true;
  }

  /** "and as it is for everything else" */
  ofOthers(state: State): boolean {
    this.cite('rf-of-the-image');
    return state.guest.resumeFlag;
  }

  /** "The #DB of general detect pushes RF unchanged, or as 1." */
  ofGeneralDetect(state: State): boolean {
    this.cite('rf-of-general-detect');
    return state.machine.config.rfOnGeneralDetect || state.guest.resumeFlag;
  }

  /** "Injection pushes RF as RFLAGS has it." */
  ofInjection(state: State): boolean {
    this.cite('injection-pushes-saved-rf');
    return state.guest.resumeFlag;
  }
}
