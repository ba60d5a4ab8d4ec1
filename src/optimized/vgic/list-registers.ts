import { lrStride, touchInterface, type Machine } from './machine.ts';
import { lrEoi, lrGroup1, lrHw, lrPhysicalId, lrSource, lrState, lrVirtualId } from './registers.ts';

/** Writes list register `index` of physical CPU `p`: the word, the sets that follow from it, and what is seen of it. */
export function putLr(m: Machine, p: number, index: number, lr: number): void {
  m.lr[p * lrStride + index] = lr;
  const others = ~(1 << index);
  const pending = (lr >>> 28) & 1;
  const active = (lr >>> 29) & 1;
  const eoi = (lr >>> 19) & ~(lr >>> 31) & 1;
  m.validLrs[p] = (m.validLrs[p] & others) | ((pending | active) << index);
  m.pendingLrs[p] = (m.pendingLrs[p] & others) | ((pending & ~active) << index);
  m.completedLrs[p] = (m.completedLrs[p] & others) | ((eoi & ~pending & ~active) << index);
  showLr(m, p, index, lr);
  touchInterface(m, p);
}

/** Zeroes the list registers of physical CPU `p`, and HCR. */
export function zeroInterface(m: Machine, p: number): void {
  for (let i = 0; i < m.usedLrs[p]; i++) {
    m.lr[p * lrStride + i] = 0;
    showLr(m, p, i, 0);
  }
  m.usedLrs[p] = 0;
  m.validLrs[p] = 0;
  m.pendingLrs[p] = 0;
  m.completedLrs[p] = 0;
  m.hcr[p] = 0;
  touchInterface(m, p);
}

/** Shows a list register in the layout of the configuration. */
function showLr(m: Machine, p: number, index: number, lr: number): void {
  const at = m.lrWords + 2 * (p * m.nrLr + index);
  if (!m.gicv3) {
    m.words[at] = lr;
    return;
  }
  // ICH_LR_EL2: vINTID with the source of an SGI in bits 12:10; state 63:62, HW 61, Group 60, priority 55:48,
  // pINTID 44:32, whose bit 41 is EOI when HW is 0.
  const hw = (lr & lrHw) !== 0;
  m.words[at] = (lr & lrVirtualId) | (hw ? 0 : lr & lrSource);
  m.words[at + 1] =
    ((lr & lrState) << 2) |
    ((lr & lrHw) >>> 2) |
    ((lr & lrGroup1) >>> 2) |
    ((lr >>> 4) & 0x00f80000) |
    (hw ? (lr & lrPhysicalId) >>> 10 : (lr & lrEoi) >>> 10);
}
