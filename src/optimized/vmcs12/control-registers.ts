import { pge, ts } from './bits.ts';
import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { record } from './exit-information.ts';
import * as field from './field-numbers.ts';
import type { Machine } from './machine.ts';

/** CR0 or CR4: the fields that hold register, guest/host mask and read shadow. */
export interface ControlRegister {
  readonly register: number;
  readonly mask: number;
  readonly shadow: number;
}

export const cr0: ControlRegister = { register: field.cr0, mask: field.cr0Mask, shadow: field.cr0Shadow };
export const cr4: ControlRegister = { register: field.cr4, mask: field.cr4Mask, shadow: field.cr4Shadow };

/** "L2 reads bits of CR0 and CR4 under the mask from the read shadow": the processor does so, under L0's mask as well. */
export function seenByL2(m: Machine, { register, mask, shadow }: ControlRegister): number {
  const { hardware } = m;
  return (hardware[register] & ~hardware[mask]) | (hardware[shadow] & hardware[mask]);
}

/**
 * The register as L1 has given it to L2 and L2 has changed it. With an L0 between, bits that L2 owns are in hardware,
 * those of L1's mask in the VMCS, which L2 cannot change, and those that L0 alone traps in L0's read shadow.
 */
export function ofL2(m: Machine, { register, mask, shadow }: ControlRegister): number {
  const { hardware } = m;
  if (!m.nested) return hardware[register];
  const { fields } = m.vmcs;
  const trapped = hardware[mask];
  const ofL1 = fields[mask];
  return (hardware[register] & ~trapped) | (fields[register] & ofL1) | (hardware[shadow] & trapped & ~ofL1);
}

/** Gives L2 a value. L0 takes all bits but those it leaves to L2, and may need some of them 1 in hardware. */
export function give(m: Machine, which: ControlRegister, value: number): void {
  const { register, mask, shadow } = which;
  const { hardware, l0 } = m;
  const { fields } = m.vmcs;
  const ofL1 = fields[mask];
  if (!m.nested) {
    hardware[mask] = ofL1;
    hardware[shadow] = fields[shadow];
    hardware[register] = value;
    return;
  }
  const bit = which === cr0 ? ts : pge;
  const taken = which === cr0 ? l0.hasFpu : l0.trapsPge;
  hardware[mask] = taken ? ~0 : ~bit | ofL1;
  hardware[shadow] = (value & ~ofL1) | (fields[shadow] & ofL1);
  hardware[register] = taken ? value | bit : value;
}

/** Whether an operand makes L1 take the exit: it differs from L1's read shadow under L1's mask. */
export const exitsToL1 = (m: Machine, { mask, shadow }: ControlRegister, operand: number): boolean =>
  ((operand ^ m.vmcs.fields[shadow]) & m.vmcs.fields[mask]) !== 0;

/** What the register becomes by an operand that L1 does not take. */
export const changed = (m: Machine, which: ControlRegister, operand: number): number => {
  const ofL1 = m.vmcs.fields[which.mask];
  return (operand & ~ofL1) | (ofL2(m, which) & ofL1);
};

/** L2 writes the register, and L1 does not take it: the processor does it, or L0 after an exit of its own. */
export function load(m: Machine, which: ControlRegister, operand: number): void {
  const { register, mask, shadow } = which;
  const { hardware } = m;
  const trapped = hardware[mask];
  if (((operand ^ hardware[shadow]) & trapped) === 0) {
    hardware[register] = (operand & ~trapped) | (hardware[register] & trapped);
    return;
  }
  record(m, exitReasons.crAccess, which === cr0 ? 0 : 4);
  give(m, which, changed(m, which, operand));
}
