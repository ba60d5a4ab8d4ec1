import { interruptCount, keyOf, privateCount, sharedBank } from './interrupts.ts';
import { bankOf, listStride, seed2015, touchBank, touchVcpu, type Machine } from './machine.ts';

/** The interrupts of a bank that are pending in software: the latch, and the line of level-sensitive ones. */
export const pendingIn = (m: Machine, bank: number): number => m.latch[bank] | (m.line[bank] & m.level[bank]);

/** The same of both banks that virtual CPU `v` sees. */
export const pendingOf = (m: Machine, v: number): number => pendingIn(m, v) | pendingIn(m, sharedBank + m.vm[v]);

export const activeOf = (m: Machine, v: number): number => m.active[v] | m.active[sharedBank + m.vm[v]];

export const enabledOf = (m: Machine, v: number): number => m.enabled[v] | m.enabled[sharedBank + m.vm[v]];

/**
 * The virtual CPU that an interrupt is for, or -1: "if active: holder, else configured target; else if enabled and
 * pending: configured target, or none when the distributor is off; else none". `v` is the virtual CPU whose private
 * interrupt it is, or any of the VM for an SPI.
 */
export function route(m: Machine, v: number, place: number): number {
  const bank = bankOf(m, v, place);
  const key = keyOf(bank, place);
  const bit = 1 << place;
  if ((m.active[bank] & bit) !== 0) return m.holder[key] >= 0 ? m.holder[key] : m.target[key];
  if ((pendingIn(m, bank) & m.enabled[bank] & bit) === 0 || m.distributorOn[m.vm[v]] === 0) return -1;
  return m.target[key];
}

/** The same rule for a whole list: those of its interrupts that are for virtual CPU `v` itself. */
export function ownOfList(m: Machine, v: number): number {
  const active = activeOf(m, v);
  const offered = m.distributorOn[m.vm[v]] === 0 ? 0 : pendingOf(m, v) & enabledOf(m, v) & m.targeted[v];
  return m.listed[v] & (active | offered);
}

/** Makes virtual CPU `v` the configured target of an interrupt of `bank`. */
export function setTarget(m: Machine, bank: number, place: number, v: number): void {
  const key = keyOf(bank, place);
  m.targeted[m.target[key]] &= ~(1 << place);
  m.target[key] = v;
  m.targeted[v] |= 1 << place;
}

/** Puts an interrupt that no list holds at the tail of the list of where it belongs. Seed-2015 has no lists. */
export function enqueue(m: Machine, v: number, place: number): void {
  if (m.profile === seed2015) return;
  const key = keyOf(bankOf(m, v, place), place);
  if (m.holder[key] >= 0) return;
  const target = route(m, v, place);
  if (target >= 0) append(m, target, place, key);
}

function append(m: Machine, v: number, place: number, key: number): void {
  m.list[v * listStride + m.listLength[v]++] = place;
  m.listed[v] |= 1 << place;
  m.holder[key] = v;
  touchVcpu(m, v);
}

/**
 * "Oracle none: remove; other virtual CPU: move to the tail of its list." What is moved arrives in the order in which
 * it stood.
 */
export function prune(m: Machine, v: number): void {
  const own = ownOfList(m, v);
  if (own === m.listed[v]) return;
  const first = v * listStride;
  const length = m.listLength[v];
  let kept = 0;
  for (let i = 0; i < length; i++) {
    const place = m.list[first + i];
    if ((own & (1 << place)) !== 0) {
      m.list[first + kept++] = place;
      continue;
    }
    const target = route(m, v, place);
    const key = keyOf(bankOf(m, v, place), place);
    m.holder[key] = -1;
    m.listed[v] &= ~(1 << place);
    if (target >= 0) append(m, target, place, key);
  }
  m.listLength[v] = kept;
  touchVcpu(m, v);
}

/** Empties every list of a VM. */
export function clearLists(m: Machine, vm: number): void {
  for (let v = m.firstVcpu[vm]; v < m.firstVcpu[vm] + m.size[vm]; v++) {
    for (let i = 0; i < m.listLength[v]; i++) {
      const place = m.list[v * listStride + i];
      m.holder[keyOf(bankOf(m, v, place), place)] = -1;
    }
    m.listLength[v] = 0;
    m.listed[v] = 0;
    touchVcpu(m, v);
  }
}

/** Queues every interrupt of a VM: virtual CPUs ascending, for each its SGIs and PPIs, then the SPIs, by INTID. */
export function enqueueAll(m: Machine, vm: number): void {
  const first = m.firstVcpu[vm];
  for (let v = first; v < first + m.size[vm]; v++) {
    for (let place = 0; place < privateCount; place++) enqueue(m, v, place);
  }
  for (let place = privateCount; place < interruptCount; place++) enqueue(m, first, place);
}

/**
 * A device tells a level. "LEVEL: no change is ignored; otherwise store it, then queue. EDGE: level=false is ignored;
 * level=true sets the latch, then queue."
 */
export function inject(m: Machine, v: number, place: number, high: boolean): void {
  const bank = bankOf(m, v, place);
  const bit = 1 << place;
  if ((m.level[bank] & bit) !== 0) {
    if (((m.line[bank] & bit) !== 0) === high) return;
    m.line[bank] ^= bit;
  } else {
    if (!high) return;
    m.latch[bank] |= bit;
  }
  touchBank(m, bank);
  enqueue(m, v, place);
}
