import type { Machine } from './machine.ts';
import { lrStride } from './machine.ts';
import {
  hcrEn,
  hcrEoiCountShift,
  hcrLrenpie,
  hcrNpie,
  hcrUie,
  lrGroup1,
  lrPriorityShift,
  vmcrAbprShift,
  vmcrBprShift,
  vmcrCbpr,
  vmcrFiqEn,
  vmcrGroup0,
  vmcrGroup1,
  vmcrPmrShift,
} from './registers.ts';

/** The priority of a list register, as the five bits that are implemented. */
export const priorityOf = (lr: number): number => (lr >>> lrPriorityShift) & 0x1f;

/**
 * The group priority of a list register: "group 0 uses BPR, mask = 0xFF << (BPR+1); group 1 uses ABPR-1 unless CBPR=1".
 * On the five upper bits the mask is shifted by three less.
 */
export function groupPriority(lr: number, vmcr: number): number {
  const aliased = (lr & lrGroup1) !== 0 && (vmcr & vmcrCbpr) === 0;
  const point = aliased ? ((vmcr >>> vmcrAbprShift) & 7) - 1 : (vmcr >>> vmcrBprShift) & 7;
  return priorityOf(lr) & (0x1f << (point - 2));
}

/** The lowest active priority, five bits; 32, below all of them, when none is active. */
export const runningPriority = (apr: number): number => (apr === 0 ? 32 : 31 - Math.clz32(apr & -apr));

/**
 * Derives what follows from list registers, HCR, VMCR and APR of physical CPU `p` (EISR, ELRSR, MISR, the lines; "all
 * are levels, recomputed at once, never latched"), and which list register IAR would take.
 */
export function showInterface(m: Machine, p: number): void {
  const hcr = m.hcr[p];
  const vmcr = m.vmcr[p];
  const apr = m.apr[p];
  const first = p * lrStride;
  const valid = m.validLrs[p];
  const eisr = m.completedLrs[p];
  const elrsr = ((1 << m.nrLr) - 1) & ~(valid | eisr);

  // "Candidates are list registers with state exactly pending", of the enabled groups; ties go to the lowest.
  let best = -1;
  let bestPriority = 32;
  let disabled = -1;
  let disabledPriority = 33;
  for (let rest = m.pendingLrs[p]; rest !== 0; rest &= rest - 1) {
    const index = 31 - Math.clz32(rest & -rest);
    const lr = m.lr[first + index];
    const priority = priorityOf(lr);
    if ((vmcr & ((lr & lrGroup1) !== 0 ? vmcrGroup1 : vmcrGroup0)) === 0) {
      if (priority < disabledPriority) {
        disabledPriority = priority;
        disabled = index;
      }
    } else if (priority < bestPriority) {
      bestPriority = priority;
      best = index;
    }
  }

  let misr = hcr & ((vmcr & vmcrGroup0 ? 0x10 : 0x20) | (vmcr & vmcrGroup1 ? 0x40 : 0x80));
  if (eisr !== 0) misr |= 1;
  if ((hcr & hcrUie) !== 0 && (valid & (valid - 1)) === 0) misr |= 2;
  if ((hcr & hcrLrenpie) !== 0 && hcr >>> hcrEoiCountShift !== 0) misr |= 4;
  if ((hcr & hcrNpie) !== 0 && m.pendingLrs[p] === 0) misr |= 8;

  let lines = 0;
  let signalled = -1;
  if ((hcr & hcrEn) !== 0) {
    if (misr !== 0) lines = 4;
    const hidden =
      m.disabledGroupHides &&
      (disabledPriority < bestPriority || (disabledPriority === bestPriority && disabled < best));
    if (best >= 0 && !hidden && bestPriority < vmcr >>> vmcrPmrShift) {
      const lr = m.lr[first + best];
      if (groupPriority(lr, vmcr) < runningPriority(apr)) {
        signalled = best;
        lines |= (lr & lrGroup1) === 0 && (vmcr & vmcrFiqEn) !== 0 ? 2 : 1;
      }
    }
  }
  // "skipped … if something is pending whose best, disabled groups included, is of a disabled group"
  m.bestLr[p] = disabled >= 0 && disabledPriority <= bestPriority ? disabled : best;
  m.signalledLr[p] = signalled;

  const { words } = m;
  const at = m.interfaceWords + 7 * p;
  words[at] = hcr;
  words[at + 1] = vmcr;
  words[at + 2] = apr;
  words[at + 3] = eisr;
  words[at + 4] = elrsr;
  words[at + 5] = misr;
  words[at + 6] = lines;
}
