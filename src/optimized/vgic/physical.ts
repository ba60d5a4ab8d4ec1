import { spurious } from '../../../spec/vgic/universe.ts';
import {
  physicalSharedBank,
  physicalSpis,
  physicalTimer,
  physicalBehind,
  spi34Place,
  timerPlace,
  physical40,
} from './interrupts.ts';
import { type Machine, touchPhysical } from './machine.ts';

/** The bank in which physical CPU `p` sees a physical interrupt. */
export const physicalBankOf = (interrupt: number, p: number): number =>
  interrupt === physicalTimer ? p : physicalSharedBank;

/** Pending is latch or line; the edge-triggered 41 has no line. */
export const physicalPending = (m: Machine, bank: number): number => m.physicalLatch[bank] | m.physicalLine[bank];

/** The INTID that is signalled to physical CPU `p`; the SPIs are routed to physical CPU 0. */
export function signalledPhysical(m: Machine, p: number): number {
  if (m.acknowledged[p] >= 0) return spurious;
  if (readyIn(m, p) !== 0) return 27;
  if (p !== 0) return spurious;
  const spis = readyIn(m, physicalSharedBank);
  if ((spis & (1 << physical40)) !== 0) return 40;
  return spis !== 0 ? 41 : spurious;
}

/** "An active interrupt is never signalled to the host, whatever is pending." */
const readyIn = (m: Machine, bank: number): number =>
  physicalPending(m, bank) & ~(m.physicalActive[bank] | m.physicalMasked[bank] | m.physicalDisabled[bank]);

/** Acknowledges on the host: the latch falls, the interrupt becomes active. */
export function acknowledgePhysical(m: Machine, interrupt: number, p: number): void {
  const bank = physicalBankOf(interrupt, p);
  const bit = 1 << interrupt;
  m.physicalLatch[bank] &= ~bit;
  m.physicalActive[bank] |= bit;
  touchPhysical(m, bank);
}

export function setActiveBit(m: Machine, interrupt: number, p: number, on: boolean): void {
  const bank = physicalBankOf(interrupt, p);
  const bit = 1 << interrupt;
  if (on) m.physicalActive[bank] |= bit;
  else m.physicalActive[bank] &= ~bit;
  touchPhysical(m, bank);
}

/** "Physical active state": the active bit, or the mask bit that stands for it without hardware deactivation. */
export function setActiveState(m: Machine, interrupt: number, p: number, on: boolean): void {
  const bank = physicalBankOf(interrupt, p);
  const bit = 1 << interrupt;
  const state = m.hwDeactivation ? m.physicalActive : m.physicalMasked;
  if (on) state[bank] |= bit;
  else state[bank] &= ~bit;
  touchPhysical(m, bank);
}

/** Makes the physical active state of the mapped interrupt at `place` of a virtual CPU that is loaded on `p`. */
export function setActiveStateBehind(m: Machine, place: number, p: number, on: boolean): void {
  setActiveState(m, physicalBehind(place), p, on);
}

export function clearPhysicalPending(m: Machine, interrupt: number, p: number): void {
  const bank = physicalBankOf(interrupt, p);
  m.physicalLatch[bank] &= ~(1 << interrupt);
  touchPhysical(m, bank);
}

/** The level of the device behind a mapped level-sensitive interrupt: 27 or 34. */
export function sampleDevice(m: Machine, place: number, p: number): boolean {
  if (place === timerPlace) return m.physicalLine[p] !== 0;
  return place === spi34Place && (physicalPending(m, physicalSharedBank) & (1 << physical40)) !== 0;
}

/** The active bits, pending bits … that physical CPU `p` sees: its own bank and the shared one. */
export const seenBy = (set: Int32Array, p: number): number => set[p] | (set[physicalSharedBank] & physicalSpis);
