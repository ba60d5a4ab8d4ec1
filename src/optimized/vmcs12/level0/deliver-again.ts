import { exitReasons } from '../../../../spec/vmx/exit-reasons.ts';
import { valid } from '../bits.ts';
import { descriptorAddress } from '../descriptor-address.ts';
import { record, recordVectoring } from '../exit-information.ts';
import * as field from '../field-numbers.ts';
import type { Machine } from '../machine.ts';
import { setNmiBlocking } from '../nmi-blocking.ts';

const nmi = 2;

/**
 * A delivery meets a page that L0 has taken away. L0 puts it back and has the event injected again, with which the
 * processor is where it was, but for the exit information of its last exit.
 */
export function deliverAgain(m: Machine, information: number, errorCode: number, length: number): void {
  const { hardware, l0 } = m;
  const address = descriptorAddress(m, information & 0xff);
  record(m, exitReasons.eptViolation, 0x181);
  recordVectoring(m, information, errorCode, length);
  hardware[field.guestLinearAddress] = address;
  hardware[field.guestPhysicalAddress] = address;
  l0.obstructs = false;
  const isNmi = ((information >>> 8) & 7) === nmi;
  // An NMI cannot be injected while virtual NMIs are blocked, as this one has already done.
  if (isNmi) setNmiBlocking(m, false);
  hardware[field.entryInterruption] = information & ~valid;
  hardware[field.entryErrorCode] = errorCode;
  hardware[field.entryLength] = length;
  if (isNmi) setNmiBlocking(m, true);
}
