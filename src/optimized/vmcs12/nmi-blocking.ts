import * as control from './controls.ts';
import * as field from './field-numbers.ts';
import type { Machine } from './machine.ts';

const bit = 8;

/** "With NMI exiting and without virtual NMIs, IRET does not change blocking by NMI." */
export const iretLeavesBlocking = (m: Machine): boolean =>
  control.has(m.vmcs.fields, control.nmiExiting) && !control.has(m.vmcs.fields, control.virtualNmis);

/** L0 runs L2 with virtual NMIs, of which every IRET ends the blocking: what no IRET may end L0 keeps in software. */
const inSoftware = (m: Machine): boolean => m.nested && iretLeavesBlocking(m);

/** Blocking by NMI as L2 has it: bit 3 of the interruptibility state, or 0. */
export const nmiBlocking = (m: Machine): number =>
  inSoftware(m) ? (m.l0.keepsNmisBlocked ? bit : 0) : m.hardware[field.interruptibility] & bit;

export function setNmiBlocking(m: Machine, on: boolean): void {
  const { hardware } = m;
  if (inSoftware(m)) {
    m.l0.keepsNmisBlocked = on;
    hardware[field.interruptibility] &= ~bit;
  } else if (on) {
    hardware[field.interruptibility] |= bit;
  } else {
    hardware[field.interruptibility] &= ~bit;
  }
}

/** IRET, whether or not it faults. The blocking before it. */
export function iretUnblocks(m: Machine): number {
  const was = nmiBlocking(m);
  if (m.nested || !iretLeavesBlocking(m)) m.hardware[field.interruptibility] &= ~bit;
  return was;
}
