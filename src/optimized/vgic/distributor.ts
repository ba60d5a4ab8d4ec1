import {
  keyOf,
  placeOf,
  physicalBehind,
  privateCount,
  sgiCount,
  sharedBank,
  spi32Place,
  spi34Place,
  spi35Place,
} from './interrupts.ts';
import { bankOf, seed2015, touchBank, touchVcpu, type Machine } from './machine.ts';
import { clearPhysicalPending, sampleDevice, setActiveStateBehind } from './physical.ts';
import { enqueue, enqueueAll, pendingIn, setTarget } from './routing.ts';
import { leave } from './scheduling.ts';
import { isQueuedOrHeld } from './seed-2015.ts';
import { isSpi32High } from './devices.ts';

/** An access by virtual CPU `v` traps: a running guest exits first. False where `v` is not loaded. */
function trap(m: Machine, v: number): boolean {
  if (m.loadedOn[v] < 0) return false;
  if (m.runs[v] !== 0) leave(m, v);
  return true;
}

/** Accesses to active bits of an SPI make every other running virtual CPU of the VM exit too. */
function trapActive(m: Machine, v: number, place: number): boolean {
  if (!trap(m, v)) return false;
  if (place < privateCount) return true;
  const first = m.firstVcpu[m.vm[v]];
  for (let other = first; other < first + m.size[m.vm[v]]; other++) {
    if (m.runs[other] !== 0) leave(m, other);
  }
  return true;
}

/** Writes GICD_ISENABLER. */
export function enable(m: Machine, v: number, intid: number): boolean {
  if (!trap(m, v)) return false;
  const place = placeOf[intid];
  if (place < sgiCount) return true;
  const bank = bankOf(m, v, place);
  const bit = 1 << place;
  if ((m.mapped[bank] & m.level[bank] & bit) !== 0) resampleOnEnable(m, v, bank, place);
  m.enabled[bank] |= bit;
  touchBank(m, bank);
  enqueue(m, v, place);
  return true;
}

/** The device may have changed while the interrupt was disabled: "lineLevel := sample(); if it fell, clear active". */
function resampleOnEnable(m: Machine, v: number, bank: number, place: number): void {
  const p = m.loadedOn[v];
  const bit = 1 << place;
  const wasHigh = (m.line[bank] & bit) !== 0;
  if (sampleDevice(m, place, p)) {
    m.line[bank] |= bit;
    return;
  }
  m.line[bank] &= ~bit;
  if (wasHigh && (m.active[bank] & bit) === 0) setActiveStateBehind(m, place, p, false);
}

/** Writes GICD_ICENABLER: nothing but the enable; an active interrupt stays listed. */
export function disable(m: Machine, v: number, intid: number): boolean {
  if (!trap(m, v)) return false;
  const place = placeOf[intid];
  if (place < sgiCount) return true;
  const bank = bankOf(m, v, place);
  m.enabled[bank] &= ~(1 << place);
  touchBank(m, bank);
  return true;
}

/** Writes GICD_ISPENDR. */
export function setPending(m: Machine, v: number, intid: number): boolean {
  if (!trap(m, v)) return false;
  const place = placeOf[intid];
  if (place < sgiCount) return true;
  const bank = bankOf(m, v, place);
  const bit = 1 << place;
  m.latch[bank] |= bit;
  if ((m.mapped[bank] & bit) !== 0 && m.profile !== seed2015) setActiveStateBehind(m, place, m.loadedOn[v], true);
  touchBank(m, bank);
  enqueue(m, v, place);
  return true;
}

/** Writes GICD_ICPENDR. "ISPENDR; ICPENDR must not leave the physical interrupt masked for ever." */
export function clearPending(m: Machine, v: number, intid: number): boolean {
  if (!trap(m, v)) return false;
  const place = placeOf[intid];
  if (place < sgiCount) return true;
  const bank = bankOf(m, v, place);
  const bit = 1 << place;
  m.latch[bank] &= ~bit;
  if ((m.mapped[bank] & bit) !== 0 && m.profile !== seed2015) {
    const p = m.loadedOn[v];
    clearPhysicalPending(m, physicalBehind(place), p);
    if ((m.active[bank] & bit) === 0) setActiveStateBehind(m, place, p, false);
  }
  touchBank(m, bank);
  return true;
}

/** Writes GICD_ISACTIVER or GICD_ICACTIVER. */
export function writeActive(m: Machine, v: number, intid: number, active: boolean): boolean {
  const place = placeOf[intid];
  if (m.profile === seed2015 || !trapActive(m, v, place)) return false;
  const bank = bankOf(m, v, place);
  const bit = 1 << place;
  if (active) m.active[bank] |= bit;
  else m.active[bank] &= ~bit;
  if (active && place < sgiCount) m.activeSource[keyOf(bank, place)] = m.number[v];
  if ((m.mapped[bank] & bit) !== 0) setActiveStateBehind(m, place, m.loadedOn[v], active);
  touchBank(m, bank);
  if (active) enqueue(m, v, place);
  return true;
}

/** Reads the bit of GICD_ISPENDR: of a mapped level-sensitive interrupt, the level of its device. */
export function readPending(m: Machine, v: number, intid: number): boolean {
  if (!trap(m, v)) return false;
  const place = placeOf[intid];
  const bank = bankOf(m, v, place);
  const bit = 1 << place;
  const pending =
    (m.mapped[bank] & m.level[bank] & bit) !== 0
      ? sampleDevice(m, place, m.loadedOn[v])
      : (pendingIn(m, bank) & bit) !== 0;
  m.words[0] = pending ? 1 : 0;
  return true;
}

/** Reads the bit of GICD_ISACTIVER: the virtual active state only. */
export function readActive(m: Machine, v: number, intid: number): boolean {
  const place = placeOf[intid];
  if (!trapActive(m, v, place)) return false;
  m.words[0] = (m.active[bankOf(m, v, place)] >> place) & 1;
  return true;
}

/** Writes GICD_IPRIORITYR: five bits; nothing is sorted or evaluated anew. */
export function setPriority(m: Machine, v: number, intid: number, priority: number): boolean {
  if (!trap(m, v)) return false;
  const place = placeOf[intid];
  m.priority[keyOf(bankOf(m, v, place), place)] = priority & 0xf8;
  return true;
}

/** Writes GICD_ITARGETSR: the lowest bit of an existing virtual CPU, or the first one; takes effect at queue or prune. */
export function setTargets(m: Machine, v: number, intid: number, cpus: number): boolean {
  if (!trap(m, v)) return false;
  const place = placeOf[intid];
  const vm = m.vm[v];
  const existing = cpus & ((1 << m.size[vm]) - 1);
  const lowest = existing === 0 ? 0 : 31 - Math.clz32(existing & -existing);
  setTarget(m, sharedBank + vm, place, m.firstVcpu[vm] + lowest);
  return true;
}

/** Whether an SPI is neither pending, latched, active nor listed, with its line low, the wire of 32 included. */
function isSpiAtRest(m: Machine, bank: number, place: number): boolean {
  const busy = m.latch[bank] | m.line[bank] | m.active[bank];
  if ((busy & (1 << place)) !== 0 || m.holder[keyOf(bank, place)] >= 0) return false;
  const vm = bank - sharedBank;
  if (place === spi32Place && isSpi32High(m, vm)) return false;
  return m.profile !== seed2015 || !isQueuedOrHeld(m, vm, place);
}

/** Writes GICD_ICFGR of a software SPI at rest; `trigger` as its place in the domain: level, edge. */
export function setTrigger(m: Machine, v: number, intid: number, trigger: number): boolean {
  if (m.loadedOn[v] < 0) return false;
  const place = placeOf[intid];
  const bank = bankOf(m, v, place);
  const bit = 1 << place;
  if ((m.mapped[bank] & bit) !== 0 || !isSpiAtRest(m, bank, place)) return false;
  trap(m, v);
  if (trigger === 0) m.level[bank] |= bit;
  else m.level[bank] &= ~bit;
  return true;
}

/** Writes GICD_IGROUPR. */
export function setGroup(m: Machine, v: number, intid: number, group: number): boolean {
  if (!m.bothGroups || !trap(m, v)) return false;
  const place = placeOf[intid];
  const bank = bankOf(m, v, place);
  if (group === 0) m.group1[bank] &= ~(1 << place);
  else m.group1[bank] |= 1 << place;
  enqueue(m, v, place);
  return true;
}

/** Writes GICD_CTLR. */
export function switchDistributor(m: Machine, v: number, on: number): boolean {
  if (!trap(m, v)) return false;
  const vm = m.vm[v];
  const wasOff = m.distributorOn[vm] === 0;
  m.distributorOn[vm] = on;
  if (on !== 0 && wasOff && m.distEnableRequeues) enqueueAll(m, vm);
  return true;
}

/** Writes GICD_SGIR. `filter`: 0 the list `cpus`, 1 all but the writer, 2 the writer, 3 reserved and ignored. */
export function sendSgi(m: Machine, v: number, sgi: number, filter: number, cpus: number): boolean {
  if ((filter !== 0 && cpus !== 1) || !trap(m, v)) return false;
  const vm = m.vm[v];
  const first = m.firstVcpu[vm];
  const number = m.number[v];
  const all = (1 << m.size[vm]) - 1;
  let targets = 0;
  if (filter === 0) targets = cpus & all;
  else if (filter === 1) targets = all & ~(1 << number);
  else if (filter === 2) targets = 1 << number;
  for (let n = 0; n < m.size[vm]; n++) {
    if ((targets & (1 << n)) !== 0) addSgiSource(m, first + n, placeOf[sgi], number);
  }
  return true;
}

export function addSgiSource(m: Machine, v: number, place: number, source: number): void {
  m.latch[v] |= 1 << place;
  m.sources[v] |= 1 << (3 * place + source);
  touchVcpu(m, v);
  enqueue(m, v, place);
}

/** Writes GICD_SPENDSGIR for one source. */
export function setSgiPending(m: Machine, v: number, sgi: number, source: number): boolean {
  if (m.profile === seed2015 || m.loadedOn[v] < 0 || source >= m.size[m.vm[v]]) return false;
  trap(m, v);
  addSgiSource(m, v, placeOf[sgi], source);
  return true;
}

/** Writes GICD_CPENDSGIR for one source; the latch falls with the last one. */
export function clearSgiPending(m: Machine, v: number, sgi: number, source: number): boolean {
  if (m.profile === seed2015 || m.loadedOn[v] < 0 || source >= m.size[m.vm[v]]) return false;
  trap(m, v);
  const place = placeOf[sgi];
  m.sources[v] &= ~(1 << (3 * place + source));
  if ((m.sources[v] & (7 << (3 * place))) === 0) m.latch[v] &= ~(1 << place);
  touchVcpu(m, v);
  return true;
}

/** Maps a virtual SPI of VM 0 to its physical interrupt, or drops the mapping. */
export function writeMapping(m: Machine, intid: number, mapped: boolean): boolean {
  const place = placeOf[intid];
  const bit = 1 << place;
  if (m.profile === seed2015 || ((m.mapped[sharedBank] & bit) !== 0) === mapped) return false;
  const isLevel = (m.level[sharedBank] & bit) !== 0;
  const atReset = place === spi34Place ? isLevel : place === spi35Place && !isLevel;
  if (!atReset || !isSpiAtRest(m, sharedBank, place)) return false;
  const behind = 1 << physicalBehind(place);
  if (((m.physicalActive[2] | m.physicalMasked[2]) & behind) !== 0) return false;
  m.mapped[sharedBank] ^= bit;
  return true;
}
