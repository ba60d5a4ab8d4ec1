import { entryFailure, exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { interruptibility, pendingDebugExceptions } from '../../../spec/vmx/guest-non-register-state.ts';
import {
  eventTypes,
  interruptionInformation,
  vectorsWithErrorCode,
} from '../../../spec/vmx/interruption-information.ts';
import { Part } from '../part.ts';
import type { IdtVectoringState as State } from '../state.ts';

/** The fields of an entry that are checked; the rest of the guest state is the guest's. */
export interface EntryFields {
  /** VM-entry interruption information. */
  readonly interruption: number;
  readonly error: number;
  readonly length: number;
  readonly interruptibility: number;
  readonly pendingDebug: number;
}

/** An event as the fields describe it. */
interface Described {
  readonly information: number;
  readonly type: number;
  readonly vector: number;
  readonly hasError: boolean;
  readonly error: number;
  readonly length: number;
}

/** VM-instruction error: VM entry with invalid control fields. */
const invalidControlFields = 7;

/** Bits 30:12 of the VM-entry interruption information. */
const reservedBits = 0x7fff_f000;

const { valid, typeShift, typeMask, vectorMask, errorCode } = interruptionInformation;

/** Checks on the VM-entry fields and on the guest's non-register state. */
export class EntryChecks extends Part {
  /** 0, or the VM-instruction error 7, or exit reason 33 with bit 31. */
  failure(state: State, fields: EntryFields): number {
    if (this.failsEarly(state, fields)) return invalidControlFields;
    return this.failsLate(state, fields) ? (entryFailure | exitReasons.invalidGuestState) >>> 0 : 0;
  }

  failsEarly(state: State, fields: EntryFields): boolean {
    const event = described(fields);
    if (event === undefined) return false;
    return (
      this.refusesTypeAndVector(event) ||
      this.refusesReservedBits(event) ||
      this.refusesErrorCodeOfOtherTypes(event) ||
      this.refusesMisfitErrorCode(state, event) ||
      this.refusesLength0(state, event) ||
      this.refusesLengthAbove15(event)
    );
  }

  /** "Type 1, type 7 with a vector, an NMI with a vector other than 2, a hardware exception above 31" */
  refusesTypeAndVector({ type, vector }: Described): boolean {
    const refused =
      type === 1 ||
      (type === eventTypes.other && vector !== 0) ||
      (type === eventTypes.nmi && vector !== 2) ||
      (type === eventTypes.hardwareException && vector > 31);
    if (refused) this.cite('entry-refuses-type-and-vector');
    return refused;
  }

  /** "Bit 12 of the interruption information, or bits 31:16 of the error code with bit 11" */
  refusesReservedBits({ information, hasError, error }: Described): boolean {
    const refused = (information & reservedBits) !== 0 || (hasError && error > 0xffff);
    if (refused) this.cite('entry-refuses-reserved-bits');
    return refused;
  }

  refusesErrorCodeOfOtherTypes({ type, hasError }: Described): boolean {
    const refused = hasError && type !== eventTypes.hardwareException;
    if (refused) this.cite('entry-refuses-error-code-of-other-types');
    return refused;
  }

  /** "fails early; or is made" */
  refusesMisfitErrorCode({ machine }: State, { type, vector, hasError }: Described): boolean {
    if (type !== eventTypes.hardwareException) return false;
    const misfits = (vectorsWithErrorCode as readonly number[]).includes(vector) !== hasError;
    if (misfits) this.cite('error-code-must-fit-the-vector');
    return misfits && !machine.config.noHwErrCodeCheck;
  }

  /** "or the entry fails" */
  refusesLength0({ machine }: State, { type, length }: Described): boolean {
    if (!isSoft(type) || length !== 0) return false;
    this.cite('injection-of-length-0');
    return !machine.config.zeroLengthInjection;
  }

  refusesLengthAbove15({ type, length }: Described): boolean {
    const refused = isSoft(type) && length > 15;
    if (refused) this.cite('entry-refuses-length-above-15');
    return refused;
  }

  failsLate(state: State, fields: EntryFields): boolean {
    const event = described(fields);
    return (
      (event !== undefined && this.refusesEvent(state, fields, event)) ||
      this.refusesStiWithIfClear(state, fields) ||
      this.refusesShadowWithoutSingleStep(state, fields)
    );
  }

  private refusesEvent(state: State, fields: EntryFields, event: Described): boolean {
    return (
      this.refusesExternal(state, fields, event) ||
      this.refusesNmi(state, fields, event) ||
      (state.guest.halted && this.refusesInHlt(event))
    );
  }

  /** "with IF 0, or with blocking by STI or MOV SS" */
  refusesExternal({ guest }: State, fields: EntryFields, { type }: Described): boolean {
    const refused = type === eventTypes.externalInterrupt && (!guest.interruptFlag || hasShadow(fields));
    if (refused) this.cite('entry-refuses-external-where-it-is-blocked');
    return refused;
  }

  /** "with blocking by MOV SS, or with virtual NMIs and bit 3 of the interruptibility state set" */
  refusesNmi({ machine }: State, { interruptibility: bits }: EntryFields, { type }: Described): boolean {
    const { blockingByMovSs, blockingByNmi } = interruptibility;
    const blocking = blockingByMovSs | (machine.hasVirtualNmis ? blockingByNmi : 0);
    const refused = type === eventTypes.nmi && (bits & blocking) !== 0;
    if (refused) this.cite('entry-refuses-nmi-where-it-is-blocked');
    return refused;
  }

  /** "types other than 0 and 2, and exceptions other than 1 and 18" */
  refusesInHlt({ type, vector }: Described): boolean {
    const allowed =
      type === eventTypes.externalInterrupt ||
      type === eventTypes.nmi ||
      (type === eventTypes.hardwareException && (vector === 1 || vector === 18));
    if (!allowed) this.cite('entry-refuses-most-events-in-hlt');
    return !allowed;
  }

  refusesStiWithIfClear({ guest }: State, fields: EntryFields): boolean {
    const refused = (fields.interruptibility & interruptibility.blockingBySti) !== 0 && !guest.interruptFlag;
    if (refused) this.cite('entry-refuses-sti-with-if-0');
    return refused;
  }

  /** "TF 1 with blocking by STI or MOV SS and without a pending single-step exception"; the manual adds HLT. */
  refusesShadowWithoutSingleStep({ guest }: State, fields: EntryFields): boolean {
    const isPending = (fields.pendingDebug & pendingDebugExceptions.singleStep) !== 0;
    const refused = guest.trapFlag && (hasShadow(fields) || guest.halted) && !isPending;
    if (refused) this.cite('entry-refuses-shadow-without-single-step');
    return refused;
  }
}

function described({ interruption: information, error, length }: EntryFields): Described | undefined {
  if ((information & valid) === 0) return undefined;
  const type = (information & typeMask) >>> typeShift;
  const hasError = (information & errorCode) !== 0;
  return { information, type, vector: information & vectorMask, hasError, error, length };
}

const isSoft = (type: number): boolean => type >= eventTypes.softwareInterrupt && type <= eventTypes.softwareException;

const hasShadow = ({ interruptibility: bits }: EntryFields): boolean =>
  (bits & (interruptibility.blockingBySti | interruptibility.blockingByMovSs)) !== 0;
