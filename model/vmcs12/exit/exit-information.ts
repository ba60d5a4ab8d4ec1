import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { eventTypes, interruptionInformation } from '../../../spec/vmx/interruption-information.ts';
import { Part } from '../part.ts';
import type { EventInFlight, Vmcs12State as State, VmExit } from '../state.ts';
import { vmcsOf } from '../update.ts';
import { written, type FieldValues, type Vmcs } from '../vmcs.ts';

const stale = [
  'guestLinearAddress',
  'guestPhysicalAddress',
  'exitInterruptionErrorCode',
  'idtVectoringErrorCode',
  'exitInstructionLength',
  'exitInstructionInformation',
] as const;

const { valid, typeMask, typeShift } = interruptionInformation;

/** Type of an interruption-information word. */
export const typeOf = (information: number): number => (information & typeMask) >>> typeShift;

/** Whether the event has a length of its own: software interrupts and software exceptions, privileged or not. */
export const isSoftware = (information: number): boolean =>
  typeOf(information) >= eventTypes.softwareInterrupt && typeOf(information) <= eventTypes.softwareException;

/** Recording exit information: what each exit writes. */
export class ExitInformation extends Part {
  /** The VMCS with exit information of this exit, and which bits of it are defined. */
  record(state: State, exit: VmExit): Vmcs {
    return written(
      vmcsOf(state),
      { ...this.leftInHardware(state), ...this.values(state, exit) },
      this.parts.definedness.masks(state, exit),
    );
  }

  /** "Bits that the manual leaves undefined hold anything, values of an earlier exit included" */
  leftInHardware({ machine, l0 }: State): FieldValues {
    if (!machine.isNested) return {};
    this.cite('exit-information-is-of-this-exit');
    return Object.fromEntries(stale.map((name) => [name, l0.vmcs02[name] ?? 0]));
  }

  /** The fields that the exit writes. */
  values(state: State, exit: VmExit): FieldValues {
    const { errorCode, inFlight } = exit;
    return {
      exitReason: this.reason(exit),
      exitQualification: this.qualification(exit),
      exitInterruption: this.interruption(state, exit),
      idtVectoring: this.idtVectoring(state, inFlight),
      ...this.addresses(exit),
      ...(errorCode !== undefined && { exitInterruptionErrorCode: this.errorCode(errorCode) }),
      ...(inFlight?.errorCode !== undefined && { idtVectoringErrorCode: this.errorCode(inFlight.errorCode) }),
      ...this.instruction(exit),
    };
  }

  /** "all 32 bits: the basic reason, and nothing above it" */
  reason({ reason }: VmExit): number {
    this.cite('exit-reason-is-whole');
    return reason;
  }

  qualification({ reason, qualification, interruption }: VmExit): number {
    if (qualification === undefined) {
      this.cite('qualification-is-zero-without-one');
      return 0;
    }
    if (interruption !== undefined) this.cite('qualification-of-an-exception');
    else if (reason === exitReasons.eptViolation) this.cite('qualification-of-an-ept-violation');
    else if (reason >= exitReasons.crAccess && reason <= exitReasons.ioInstruction) {
      this.cite('qualification-of-register-and-port-accesses');
    } else this.cite('qualification-of-other-exits');
    return qualification;
  }

  addresses({ linearAddress, physicalAddress }: VmExit): FieldValues {
    if (linearAddress !== undefined) this.cite('linear-address-of-accesses');
    if (physicalAddress !== undefined) this.cite('physical-address-of-ept-exits');
    return {
      ...(linearAddress !== undefined && { guestLinearAddress: linearAddress }),
      ...(physicalAddress !== undefined && { guestPhysicalAddress: physicalAddress }),
    };
  }

  /** "Bit 31 is written at every exit: 1 for an event that exits directly, else 0" */
  interruption(state: State, { interruption, reason }: VmExit): number {
    this.cite('interruption-valid-bit-is-always-right');
    if (reason === exitReasons.externalInterrupt) this.cite('interruption-of-an-acknowledged-interrupt');
    if (interruption === undefined) return this.invalid(state, 'exitInterruption');
    if (reason === exitReasons.exceptionOrNmi) {
      this.cite(typeOf(interruption) === eventTypes.nmi ? 'interruption-of-an-nmi' : 'interruption-of-an-exception');
    }
    return interruption;
  }

  /** "1 if the exit came during the delivery of an event, else 0" */
  idtVectoring(state: State, inFlight: EventInFlight | undefined): number {
    this.cite('idt-vectoring-valid-bit-is-always-right');
    if (inFlight === undefined) return this.invalid(state, 'idtVectoring');
    this.cite('idt-vectoring-reports-the-event');
    return inFlight.information;
  }

  /** "stale values there are legal, because the valid bit is off" */
  invalid({ l0 }: State, field: 'exitInterruption' | 'idtVectoring'): number {
    this.cite('stale-bits-are-legal-where-undefined');
    return ((l0.vmcs02[field] ?? 0) & ~valid) >>> 0;
  }

  /** "bits 31:16 are 0" */
  errorCode(code: number): number {
    this.cite('error-codes-are-those-of-the-events');
    return code & 0xffff;
  }

  instruction({ instructionLength, instructionInformation, inFlight }: VmExit): FieldValues {
    const length = instructionLength ?? this.lengthInFlight(inFlight);
    if (instructionLength !== undefined) this.cite('instruction-length-of-an-instruction');
    if (instructionInformation !== undefined) this.cite('instruction-information-of-outs');
    return {
      ...(length !== undefined && { exitInstructionLength: length }),
      ...(instructionInformation !== undefined && { exitInstructionInformation: instructionInformation }),
    };
  }

  /** "writes its length, for an injected one the length that L1 gave" */
  lengthInFlight(inFlight: EventInFlight | undefined): number | undefined {
    if (inFlight === undefined || !isSoftware(inFlight.information)) return undefined;
    this.cite('instruction-length-of-an-event-in-flight');
    return inFlight.length;
  }
}
