import {
  intidOf,
  interruptCount,
  physicalBehind,
  physicalIntidOf,
  physicalPlaceOf,
  placeOf,
  privateSet,
  sgiCount,
  sharedBank,
  spiSet,
  timerPlace,
} from './interrupts.ts';
import { bankOf, lrStride, touchBank, touchInterface, touchVcpu, type Machine } from './machine.ts';
import { physicalBankOf, sampleDevice, setActiveBit } from './physical.ts';
import {
  hcrEn,
  hcrUie,
  lrActive,
  lrEoi,
  lrHw,
  lrPending,
  lrPhysicalId,
  lrPhysicalIdShift,
  lrSource,
  lrSourceShift,
  lrState,
  lrVirtualId,
} from './registers.ts';
import { pendingIn } from './routing.ts';
import { putLr, zeroInterface } from './list-registers.ts';

/**
 * Whether a list register in use of virtual CPU `v` holds an interrupt: `identity` is what its fields under `mask` are.
 * While `v` runs its list registers are in the hardware.
 */
function holds(m: Machine, v: number, mask: number, identity: number): boolean {
  const file = m.runs[v] === 0 ? m.shadowLr : m.lr;
  const first = (m.runs[v] === 0 ? v : m.loadedOn[v]) * lrStride;
  for (let i = 0; i < m.nrLr; i++) {
    const lr = file[first + i];
    if ((m.lrInUse[v] & (1 << i)) !== 0 && (lr & lrState) !== 0 && (lr & mask) === identity) return true;
  }
  return false;
}

/** Whether a list register in use of virtual CPU `v` holds 27 with HW=1. */
export const holdsMappedTimer = (m: Machine, v: number): boolean =>
  holds(m, v, lrHw | lrVirtualId, lrHw | intidOf[timerPlace]);

/** What stands for "listed" here: an SPI is queued, or in a list register of some virtual CPU of its VM. */
export function isQueuedOrHeld(m: Machine, vm: number, place: number): boolean {
  if ((m.queued[sharedBank + vm] & (1 << place)) !== 0) return true;
  const first = m.firstVcpu[vm];
  for (let v = first; v < first + m.size[vm]; v++) if (holds(m, v, lrVirtualId, intidOf[place])) return true;
  return false;
}

/** Offers what is pending, and restores the list registers: they outlive exits. */
export function enterPersistent(m: Machine, v: number, p: number): void {
  m.hcr[p] = offerAll(m, v, p) ? hcrEn : hcrEn | hcrUie;
  const inUse = m.lrInUse[v];
  m.usedLrs[p] = 32 - Math.clz32(inUse);
  for (let i = 0; i < m.usedLrs[p]; i++) {
    const lr = (inUse & (1 << i)) !== 0 ? m.shadowLr[v * lrStride + i] : 0;
    putLr(m, p, i, lr);
    if ((lr & lrHw) !== 0 && (lr & lrState) !== 0) setActiveBit(m, physicalOf(lr), p, true);
  }
  touchInterface(m, p);
}

const physicalOf = (lr: number): number => physicalPlaceOf[(lr & lrPhysicalId) >> lrPhysicalIdShift];

/** By INTID, an SGI source by source; false where no list register was free for the next. */
function offerAll(m: Machine, v: number, p: number): boolean {
  const targeted = targetedSet(m, v);
  for (let place = 0; place < interruptCount; place++) {
    const bank = bankOf(m, v, place);
    const bit = 1 << place;
    if ((targeted & pendingIn(m, bank) & m.enabled[bank] & ~m.queued[bank] & bit) === 0) continue;
    if (place < sgiCount) {
      for (let source = 0; source < 3; source++) {
        const waiting = 1 << (3 * place + source);
        if ((m.sources[v] & waiting) === 0) continue;
        if (!offer(m, v, p, place, source)) return false;
        m.sources[v] &= ~waiting;
        touchVcpu(m, v);
      }
      m.latch[bank] &= ~bit;
    } else {
      if (!offer(m, v, p, place, 0)) return false;
      if ((m.level[bank] & bit) === 0) m.latch[bank] &= ~bit;
      if (((m.level[bank] | m.mapped[bank]) & bit) !== 0) m.queued[bank] |= bit;
    }
    touchBank(m, bank);
  }
  return true;
}

function offer(m: Machine, v: number, p: number, place: number, source: number): boolean {
  const identity = intidOf[place] | (source << lrSourceShift);
  const mask = lrVirtualId | (place < sgiCount ? lrSource : 0);
  const first = v * lrStride;
  for (let i = 0; i < m.nrLr; i++) {
    if ((m.lrInUse[v] & (1 << i)) === 0 || (m.shadowLr[first + i] & mask) !== identity) continue;
    m.shadowLr[first + i] |= lrPending;
    return true;
  }
  const free = ~m.lrInUse[v] & ((1 << m.nrLr) - 1);
  if (free === 0) return false;
  const index = 31 - Math.clz32(free & -free);
  m.lrInUse[v] |= 1 << index;

  const bank = bankOf(m, v, place);
  const bit = 1 << place;
  let lr = lrPending | identity;
  if ((m.mapped[bank] & bit) !== 0) {
    const interrupt = physicalBehind(place);
    lr |= lrHw | (physicalIntidOf[interrupt] << lrPhysicalIdShift);
    setActiveBit(m, interrupt, p, true);
  } else if ((m.level[bank] & bit) !== 0) {
    lr |= lrEoi;
  }
  m.shadowLr[first + index] = lr;
  return true;
}

/** The interrupts that are for virtual CPU `v` by their targets, while the distributor is on. */
export const targetedSet = (m: Machine, v: number): number => (m.distributorOn[m.vm[v]] === 0 ? 0 : m.targeted[v]);

/** Saves the list registers; completion by the guest is read off the physical active bit of mapped interrupts. */
export function exitPersistent(m: Machine, v: number, p: number): void {
  let held = 0;
  for (let i = 0; i < m.nrLr; i++) {
    if ((m.lrInUse[v] & (1 << i)) === 0) continue;
    const lr = m.lr[p * lrStride + i];
    m.shadowLr[v * lrStride + i] = lr;
    if ((lr & lrHw) !== 0) retireMapped(m, v, p, i, lr);
    else if ((lr & lrState) === 0) retire(m, v, i, lr);
    if ((m.lrInUse[v] & (1 << i)) !== 0 && (lr & lrActive) !== 0) held |= 1 << placeOf[lr & lrVirtualId];
  }
  m.heldActive[v] = held;
  showActive(m, v);
  zeroInterface(m, p);
}

function retireMapped(m: Machine, v: number, p: number, index: number, lr: number): void {
  const interrupt = physicalOf(lr);
  if ((m.physicalActive[physicalBankOf(interrupt, p)] & (1 << interrupt)) !== 0) {
    setActiveBit(m, interrupt, p, false);
    return;
  }
  const place = placeOf[lr & lrVirtualId];
  const bank = bankOf(m, v, place);
  const bit = 1 << place;
  m.lrInUse[v] &= ~(1 << index);
  m.queued[bank] &= ~bit;
  if ((m.level[bank] & bit) !== 0) {
    if (sampleDevice(m, place, p)) m.line[bank] |= bit;
    else m.line[bank] &= ~bit;
  }
  touchBank(m, bank);
}

function retire(m: Machine, v: number, index: number, lr: number): void {
  m.lrInUse[v] &= ~(1 << index);
  if ((lr & lrEoi) === 0) return;
  const place = placeOf[lr & lrVirtualId];
  const bank = bankOf(m, v, place);
  const bit = 1 << place;
  m.queued[bank] &= ~bit;
  m.latch[bank] &= ~bit;
  m.words[1] |= bit & spiSet;
  touchBank(m, bank);
}

/** Software active is "a list register in use holds it with the active bit, as of the last exit". */
function showActive(m: Machine, v: number): void {
  const bank = sharedBank + m.vm[v];
  const first = m.firstVcpu[m.vm[v]];
  let shared = 0;
  for (let other = first; other < first + m.size[m.vm[v]]; other++) shared |= m.heldActive[other];
  m.active[v] = m.heldActive[v] & privateSet;
  m.active[bank] = shared & spiSet;
  touchBank(m, v);
  touchBank(m, bank);
}
