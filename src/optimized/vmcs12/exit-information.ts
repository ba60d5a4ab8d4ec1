import { errorCodeValid, valid } from './bits.ts';
import * as field from './field-numbers.ts';
import type { Machine } from './machine.ts';

/** The fields that an exit writes, by reason. */
const informationFields = Uint8Array.of(
  field.exitReason,
  field.exitQualification,
  field.guestLinearAddress,
  field.guestPhysicalAddress,
  field.exitInterruption,
  field.exitInterruptionErrorCode,
  field.idtVectoring,
  field.idtVectoringErrorCode,
  field.exitInstructionLength,
  field.exitInstructionInformation,
);

/**
 * A physical exit writes reason, qualification and both valid bits. What only some exits have is written beside it, and
 * else stays as an earlier exit, perhaps one that L0 handled, has left it: the manual calls it undefined.
 */
export function record(m: Machine, reason: number, qualification: number): void {
  const { hardware } = m;
  hardware[field.exitReason] = reason;
  hardware[field.exitQualification] = qualification;
  hardware[field.exitInterruption] &= ~valid;
  hardware[field.idtVectoring] &= ~valid;
}

/** The exit is that of an event. */
export function recordInterruption(m: Machine, information: number): void {
  m.hardware[field.exitInterruption] = information;
}

/** The exit came during the delivery of an event. */
export function recordVectoring(m: Machine, information: number, errorCode: number, length: number): void {
  const { hardware } = m;
  hardware[field.idtVectoring] = information;
  if ((information & errorCodeValid) !== 0) hardware[field.idtVectoringErrorCode] = errorCode;
  const type = (information >>> 8) & 7;
  if (type >= 4) hardware[field.exitInstructionLength] = length;
}

/** L1 gets the exit information of the processor. */
export function copyInformation(m: Machine): void {
  const { hardware } = m;
  const { fields } = m.vmcs;
  for (let i = 0; i < informationFields.length; i++) fields[informationFields[i]] = hardware[informationFields[i]];
}
