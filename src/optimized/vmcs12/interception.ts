import { fieldOf, maskOf } from './controls.ts';
import * as control from './controls.ts';
import { record } from './exit-information.ts';
import type { Machine } from './machine.ts';

/**
 * Whether a control makes L2 exit to L1. Where only L0 has asked for the exit it is a physical one that leaves its
 * information behind: L0 carries out what L2 did.
 */
export function intercepted(m: Machine, which: number, reason: number): boolean {
  const of = fieldOf(which);
  const bit = maskOf(which);
  if ((m.hardware[of] & bit) === 0) return false;
  if ((m.vmcs.fields[of] & bit) !== 0) return true;
  record(m, reason, 0);
  return false;
}

/** The same for an access to an MSR, `place` in the bitmap. */
export function msrIntercepted(m: Machine, place: number, reason: number): boolean {
  const { fields } = m.vmcs;
  if (!control.has(fields, control.msrBitmaps)) return true;
  const bit = 1 << place;
  if ((m.msrBitmap & bit) !== 0) return true;
  if (m.nested && (m.l0.mergedBitmap & bit) !== 0) record(m, reason, 0);
  return false;
}
