import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { eventTypes, interruptionInformation } from '../../../spec/vmx/interruption-information.ts';
import { any } from '../bits.ts';
import { Part } from '../part.ts';
import type { Vmcs12State as State, VmExit } from '../state.ts';
import { controls } from '../update.ts';
import type { FieldValues } from '../vmcs.ts';
import { isSoftware, typeOf } from './exit-information.ts';

const { valid, errorCode, nmiUnblockingDueToIret } = interruptionInformation;

const all = 0xffff_ffff;
const none = 0;
const allIf = (condition: boolean): number => (condition ? all : none);

/** Bits 6 and 11:9 of the qualification of an EPT violation belong to features that the model does not have. */
const openInEptViolation = 0xe40;

/** Bits 9:7 and 17:15 of the instruction information of OUTS: address size, segment. */
const outsInformation = 0x3_8380;

/** Which bits of the exit information an exit defines. */
export class Definedness extends Part {
  masks(state: State, exit: VmExit): FieldValues {
    const { interruption = 0, inFlight, linearAddress, physicalAddress, instructionInformation } = exit;
    const vectoring = inFlight?.information ?? 0;
    return {
      exitReason: all,
      exitQualification: this.qualification(state, exit),
      guestLinearAddress: allIf(linearAddress !== undefined),
      guestPhysicalAddress: allIf(physicalAddress !== undefined),
      exitInterruption: this.interruption(state, exit),
      exitInterruptionErrorCode: allIf(any(interruption, valid) && any(interruption, errorCode)),
      idtVectoring: any(vectoring, valid) ? all & ~nmiUnblockingDueToIret : valid,
      idtVectoringErrorCode: allIf(any(vectoring, valid) && any(vectoring, errorCode)),
      exitInstructionLength: allIf(
        exit.instructionLength !== undefined || (inFlight !== undefined && isSoftware(vectoring)),
      ),
      exitInstructionInformation: instructionInformation === undefined ? none : outsInformation,
    };
  }

  qualification(state: State, exit: VmExit): number {
    const bit12 = this.isIretBitOpen(state, exit) ? nmiUnblockingDueToIret : 0;
    if (exit.reason === exitReasons.eptViolation) return all & ~openInEptViolation & ~bit12;
    if (exit.reason === exitReasons.pageModificationLogFull) return nmiUnblockingDueToIret & ~bit12;
    return all;
  }

  interruption(state: State, exit: VmExit): number {
    const { interruption = 0 } = exit;
    if (!any(interruption, valid)) return valid;
    const isOpen = typeOf(interruption) === eventTypes.hardwareException && this.isIretBitOpen(state, exit);
    return isOpen ? all & ~nmiUnblockingDueToIret : all;
  }

  /** "undefined with valid IDT-vectoring information, and with 'NMI exiting' without 'virtual NMIs'" */
  isIretBitOpen(state: State, { inFlight }: VmExit): boolean {
    const isOpen = inFlight !== undefined || (controls(state, 'nmiExiting') && !controls(state, 'virtualNmis'));
    if (isOpen) this.cite('iret-bit-is-open-where-nmis-exit-unvirtualized');
    return isOpen;
  }
}
