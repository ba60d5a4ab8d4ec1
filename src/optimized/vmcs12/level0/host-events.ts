import { exitReasons } from '../../../../spec/vmx/exit-reasons.ts';
import { cr0, cr4, give, ofL2 } from '../control-registers.ts';
import { record } from '../exit-information.ts';
import * as field from '../field-numbers.ts';
import type { Machine } from '../machine.ts';

// Causes by their places in the domain of `hostExit`.
const interrupt = 0;
const ept = 1;
const emulation = 2;
const lazyFpu = 3;
const restoreFpu = 4;
const trapCr4 = 5;

/** Where L0 has taken a page away. */
const page = 0x00ab_c000;

/** "A physical exit of L2 that L0 handles." */
export function hostExit(m: Machine, cause: number): boolean {
  if (!m.l2Runs) return false;
  const { l0, hardware } = m;
  if (cause === ept) {
    record(m, exitReasons.eptViolation, 0x184);
    hardware[field.guestLinearAddress] = page | 0x123;
    hardware[field.guestPhysicalAddress] = page;
    return true;
  }
  record(m, exitReasons.externalInterrupt, 0);
  switch (cause) {
    case interrupt:
      hardware[field.exitInterruption] = 0x8000_00ef;
      break;
    case emulation:
      give(m, cr0, ofL2(m, cr0));
      give(m, cr4, ofL2(m, cr4));
      break;
    case lazyFpu:
    case restoreFpu: {
      const value = ofL2(m, cr0);
      l0.hasFpu = cause === lazyFpu;
      give(m, cr0, value);
      break;
    }
    default: {
      const value = ofL2(m, cr4);
      l0.trapsPge = cause === trapCr4;
      give(m, cr4, value);
    }
  }
  return true;
}

/** "The next event delivery in L2 exits to L0, which delivers the event again." */
export function hostObstruct(m: Machine): boolean {
  if (m.l0.obstructs) return false;
  m.l0.obstructs = true;
  return true;
}
