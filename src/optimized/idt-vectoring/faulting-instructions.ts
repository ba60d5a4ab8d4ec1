import { alphabet } from '../../../spec/idt-vectoring/alphabet.ts';
import {
  debugBits,
  faultLengths,
  faults,
  instructionLengths as lengths,
} from '../../../spec/idt-vectoring/universe.ts';
import { cause } from './begun.ts';
import { complete } from './complete.ts';
import { debugException, exception, pageFault } from './events.ts';
import { exit, reasons } from './exit.ts';
import type { Machine } from './machine.ts';
import { raise } from './raise.ts';
import { vmEntry } from './vm-entry.ts';

const vectors = alphabet.fault.args.vector.values;
const errors: Readonly<Record<number, number>> = faults.instruction.errors;

// By place in the domain of `vector`.
const events = Int32Array.from(vectors, (vector) => exception(vector));
const codes = Int32Array.from(vectors, (vector) => errors[vector] ?? 0);
const sizes = Int32Array.from(vectors, (vector) => faultLengths[vector]);
const virtualization = vectors.indexOf(20);

/** An instruction that faults for as long as the cause is there. */
export function fault(m: Machine, place: number): void {
  if ((m.begun & cause) === 0) {
    complete(m, sizes[place]);
    return;
  }
  if (place === virtualization) {
    if (m.veBusy !== 0) {
      violate(m);
      complete(m, sizes[place]);
      return;
    }
    m.veBusy = 1;
  }
  const event = events[place];
  raise(m, event, codes[place], 0, event === pageFault ? faults.instruction.address : 0, 1);
}

/** While the information area of #VE is busy the access is an EPT violation, which the hypervisor handles. */
function violate(m: Machine): void {
  if (!m.hypervised) return;
  m.resumeFlag = 1;
  exit(m, reasons.eptViolation, 0);
  vmEntry(m);
}

/** MOVS: the device is read before the write faults. */
export function movs(m: Machine): void {
  m.deviceReads++;
  if ((m.begun & cause) === 0) complete(m, lengths.movs);
  else raise(m, pageFault, faults.movs.error, 0, faults.movs.address, 1);
}

/** A NOP with an instruction breakpoint on it. */
export function codeBreakpoint(m: Machine): void {
  const isReported = (m.begun & cause) !== 0 && (m.resumeFlag | m.movss) === 0;
  if (isReported) raise(m, debugException, 0, 0, debugBits.codeBreakpoint, 0);
  else complete(m, lengths.codeBreakpoint);
}
