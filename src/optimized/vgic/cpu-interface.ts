import { placeOf, physicalPlaceOf, sgiCount } from './interrupts.ts';
import { lrStride, placeStride, stackStride, touchInterface, type Machine } from './machine.ts';
import { setActiveBit } from './physical.ts';
import {
  hcrEn,
  hcrEoiCountShift,
  idlePriority,
  lrActive,
  lrGroup1,
  lrHw,
  lrPending,
  lrPhysicalId,
  lrPhysicalIdShift,
  lrSource,
  lrSourceShift,
  lrState,
  lrVirtualId,
  vmcrAbprShift,
  vmcrAckCtl,
  vmcrBinaryPoints,
  vmcrBprShift,
  vmcrCbpr,
  vmcrControl,
  vmcrEoiMode,
  vmcrPmrShift,
} from './registers.ts';
import { groupPriority, runningPriority } from './status.ts';
import { putLr } from './list-registers.ts';
import { spurious, spuriousGroup1 } from '../../../spec/vgic/universe.ts';

/** An entry of the acknowledged stack: the place of the interrupt, its group, how it was read, the source of an SGI. */
const entryPlace = 0x0f;
const entryGroup1 = 1 << 4;
const entryAliased = 1 << 5;
const entrySourceShift = 6;

/** What IAR and HPPIR show of a list register: the INTID, and the CPUID of an SGI. */
const shown = (lr: number): number => (lr & lrVirtualId) | ((lr & lrHw) === 0 ? lr & lrSource : 0);

/** Reads GICV_IAR. */
export function iar(m: Machine, v: number): boolean {
  if (m.runs[v] === 0) return false;
  const p = m.loadedOn[v];
  const index = m.signalledLr[p];
  if (index < 0) {
    m.words[0] = spurious;
  } else {
    const lr = m.lr[p * lrStride + index];
    if ((lr & lrGroup1) !== 0 && (m.vmcr[p] & vmcrAckCtl) === 0) m.words[0] = spuriousGroup1;
    else acknowledge(m, v, p, index, lr, 0);
  }
  return true;
}

/** Reads GICV_AIAR: "acknowledges as IAR does, for group 1 only". */
export function aiar(m: Machine, v: number): boolean {
  if (m.runs[v] === 0) return false;
  const p = m.loadedOn[v];
  const index = m.signalledLr[p];
  const lr = index < 0 ? 0 : m.lr[p * lrStride + index];
  if ((lr & lrGroup1) === 0) m.words[0] = spurious;
  else acknowledge(m, v, p, index, lr, entryAliased);
  return true;
}

/** P becomes A, the bit of the group priority in APR is set. */
function acknowledge(m: Machine, v: number, p: number, index: number, lr: number, aliased: number): void {
  m.words[0] = shown(lr);
  m.apr[p] |= 1 << groupPriority(lr, m.vmcr[p]);
  putLr(m, p, index, (lr & ~lrPending) | lrActive);
  const place = placeOf[lr & lrVirtualId];
  const source = place < sgiCount ? (lr & lrSource) >> lrSourceShift : 0;
  const entry = place | ((lr & lrGroup1) !== 0 ? entryGroup1 : 0) | aliased | (source << entrySourceShift);
  m.stack[v * stackStride + m.stackDepth[v]++] = entry;
}

const noLr = -1;
const undefinedCompletion = -2;

/**
 * The list register that a completion of the interrupt at `place` falls on: the one with the active bit, of several (SGIs
 * in seed-2015) one with that source, else the lowest. `noLr` where no list register holds the interrupt,
 * `undefinedCompletion` where none of those that do has the active bit.
 */
function completedLr(m: Machine, p: number, place: number, source: number): number {
  let lowest = noLr;
  let isHeld = false;
  const first = p * lrStride;
  for (let i = 0; i < m.usedLrs[p]; i++) {
    const lr = m.lr[first + i];
    if ((lr & lrState) === 0 || placeOf[lr & lrVirtualId] !== place) continue;
    isHeld = true;
    if ((lr & lrActive) === 0) continue;
    if (place >= sgiCount || (lr & lrSource) >> lrSourceShift === source) return i;
    if (lowest === noLr) lowest = i;
  }
  return isHeld && lowest === noLr ? undefinedCompletion : lowest;
}

/** Writes GICV_EOIR (GICV_AEOIR) for the interrupt acknowledged last and not dropped. */
export function eoir(m: Machine, v: number): boolean {
  const depth = m.stackDepth[v];
  if (m.runs[v] === 0 || depth === 0) return false;
  const p = m.loadedOn[v];
  const vmcr = m.vmcr[p];
  const entry = m.stack[v * stackStride + depth - 1];
  const place = entry & entryPlace;
  const group1 = (entry & entryGroup1) !== 0;
  if (group1 && (entry & entryAliased) === 0 && (vmcr & vmcrAckCtl) === 0) return false;
  const source = entry >> entrySourceShift;
  const index = completedLr(m, p, place, source);
  if (index === undefinedCompletion) return false;
  if (index !== noLr && ((m.lr[p * lrStride + index] & lrGroup1) !== 0) !== group1) return false;

  const apr = m.apr[p];
  m.apr[p] = apr & (apr - 1);
  m.stackDepth[v] = depth - 1;
  if ((vmcr & vmcrEoiMode) !== 0) {
    rememberDropped(m, v, place, source);
  } else if (index !== noLr) {
    deactivate(m, p, index);
  } else if (apr !== 0) {
    countEoi(m, p);
  }
  touchInterface(m, p);
  return true;
}

/**
 * Of the dropped entries of one interrupt, the source of the oldest is in the lowest digit (base 4). Sources matter only
 * where an SGI has several list registers, one per source, so what does not fit does not matter.
 */
function rememberDropped(m: Machine, v: number, place: number, source: number): void {
  const at = v * placeStride + place;
  if (m.dropped[at] < 16) m.droppedSources[at] |= source << (2 * m.dropped[at]);
  m.dropped[at]++;
  m.droppedTotal[v]++;
}

/** Writes GICV_DIR for an interrupt whose priority is dropped. */
export function dir(m: Machine, v: number, intid: number): boolean {
  const place = placeOf[intid];
  if (m.runs[v] === 0 || m.dropped[v * placeStride + place] === 0) return false;
  const p = m.loadedOn[v];
  if ((m.vmcr[p] & vmcrEoiMode) === 0) return false;
  const index = completedLr(m, p, place, m.droppedSources[v * placeStride + place] & 3);
  if (index === undefinedCompletion) return false;
  m.dropped[v * placeStride + place]--;
  m.droppedTotal[v]--;
  m.droppedSources[v * placeStride + place] >>>= 2;
  if (index === noLr) countEoi(m, p);
  else deactivate(m, p, index);
  return true;
}

/** "A becomes invalid, PA becomes P; with HW=1 the physical interrupt is deactivated too." */
function deactivate(m: Machine, p: number, index: number): void {
  const lr = m.lr[p * lrStride + index];
  if ((lr & lrHw) !== 0) setActiveBit(m, physicalPlaceOf[(lr & lrPhysicalId) >> lrPhysicalIdShift], p, false);
  putLr(m, p, index, lr & ~lrActive);
}

/** EOICount, modulo 32. */
function countEoi(m: Machine, p: number): void {
  m.hcr[p] = (m.hcr[p] + (1 << hcrEoiCountShift)) | 0;
  touchInterface(m, p);
}

/** Writes a special INTID to GICV_EOIR: ignored entirely. */
export const eoirSpurious = (m: Machine, v: number): boolean => m.runs[v] !== 0;

/** Reads GICV_HPPIR, where it is certain what it shows. */
export function hppir(m: Machine, v: number): boolean {
  if (m.runs[v] === 0) return false;
  const p = m.loadedOn[v];
  if ((m.hcr[p] & hcrEn) === 0) return false;
  const best = m.bestLr[p];
  if (best < 0) {
    m.words[0] = spurious;
    return true;
  }
  if (m.signalledLr[p] !== best) return false;
  const lr = m.lr[p * lrStride + best];
  m.words[0] = (lr & lrGroup1) !== 0 && (m.vmcr[p] & vmcrAckCtl) === 0 ? spuriousGroup1 : shown(lr);
  return true;
}

/** Reads GICV_RPR. */
export function rpr(m: Machine, v: number): boolean {
  if (m.runs[v] === 0) return false;
  const apr = m.apr[m.loadedOn[v]];
  m.words[0] = apr === 0 ? idlePriority : runningPriority(apr) << 3;
  return true;
}

/** Writes GICV_PMR: the five upper bits. */
export function pmr(m: Machine, v: number, mask: number): boolean {
  if (m.runs[v] === 0) return false;
  const p = m.loadedOn[v];
  const kept = m.vmcr[p] & ((1 << vmcrPmrShift) - 1);
  m.vmcr[p] = kept | ((mask >> 3) << vmcrPmrShift);
  touchInterface(m, p);
  return true;
}

const isAtRest = (m: Machine, v: number, p: number): boolean =>
  m.stackDepth[v] === 0 && m.droppedTotal[v] === 0 && m.apr[p] === 0;

/** Writes the enables of GICV_CTLR. Guests without groups use EnableGrp0 and FIQEn only. */
export function ctlr(m: Machine, v: number, value: number): boolean {
  if (m.runs[v] === 0) return false;
  if (!m.bothGroups && value !== 0x00 && value !== 0x01 && value !== 0x09) return false;
  const p = m.loadedOn[v];
  if (((m.vmcr[p] ^ value) & vmcrCbpr) !== 0 && !isAtRest(m, v, p)) return false;
  m.vmcr[p] = (m.vmcr[p] & ~vmcrControl) | value;
  touchInterface(m, p);
  return true;
}

/** Writes GICV_CTLR.EOImode. */
export function eoiMode(m: Machine, v: number, mode: number): boolean {
  if (m.runs[v] === 0) return false;
  const p = m.loadedOn[v];
  if (!isAtRest(m, v, p)) return false;
  if (mode === 0) m.vmcr[p] &= ~vmcrEoiMode;
  else m.vmcr[p] |= vmcrEoiMode;
  touchInterface(m, p);
  return true;
}

const leastBpr = 2;

/** Writes GICV_BPR, and GICV_ABPR with one more. */
export function bpr(m: Machine, v: number, value: number): boolean {
  if (m.runs[v] === 0) return false;
  const p = m.loadedOn[v];
  if (!isAtRest(m, v, p)) return false;
  const point = value < leastBpr ? leastBpr : value;
  m.vmcr[p] = (m.vmcr[p] & ~vmcrBinaryPoints) | (point << vmcrBprShift) | ((point + 1) << vmcrAbprShift);
  touchInterface(m, p);
  return true;
}
