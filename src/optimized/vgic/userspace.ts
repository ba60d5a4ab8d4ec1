import { keyOf, placeOf, sgiCount, timerPlace } from './interrupts.ts';
import { bankOf, seed2015, touchBank, touchVcpu, type Machine } from './machine.ts';
import { addSgiSource } from './distributor.ts';
import { activeOf, clearLists, enabledOf, enqueue, enqueueAll, pendingOf } from './routing.ts';
import { vmcrPmrShift } from './registers.ts';

/** Whether userspace may look at a VM: nobody of it runs. */
function isStopped(m: Machine, vm: number): boolean {
  const first = m.firstVcpu[vm];
  for (let v = first; v < first + m.size[vm]; v++) if (m.runs[v] !== 0) return false;
  return true;
}

const mayAccess = (m: Machine, v: number): boolean => v < m.vcpus && isStopped(m, m.vm[v]);

/** Saves a VM and restores it: what does not survive is the order of the lists, and the source of an active SGI. */
export function saveRestore(m: Machine, vm: number): boolean {
  if (vm >= m.vms || !isStopped(m, vm)) return false;
  const first = m.firstVcpu[vm];
  for (let v = first; v < first + m.size[vm]; v++) {
    for (let place = 0; place < sgiCount; place++) m.activeSource[keyOf(v, place)] = 0;
  }
  clearLists(m, vm);
  enqueueAll(m, vm);
  return true;
}

/** Writes the latch alone. An SGI gets the virtual CPU itself as its source, or loses all of them. */
export function userSetPending(m: Machine, v: number, intid: number, value: number): boolean {
  if (!mayAccess(m, v)) return false;
  const place = placeOf[intid];
  if (place < sgiCount) {
    if (value !== 0) {
      addSgiSource(m, v, place, m.number[v]);
    } else {
      m.latch[v] &= ~(1 << place);
      m.sources[v] &= ~(7 << (3 * place));
      touchVcpu(m, v);
    }
    return true;
  }
  write(m, m.latch, v, place, value);
  return true;
}

/** Writes the line level, of edge-triggered and level-sensitive interrupts alike. */
export function userLineLevel(m: Machine, v: number, intid: number, value: number): boolean {
  if (!mayAccess(m, v)) return false;
  write(m, m.line, v, placeOf[intid], value);
  return true;
}

/** Writes the active state; that of a mapped interrupt is left alone. */
export function userSetActive(m: Machine, v: number, intid: number, value: number): boolean {
  if (!mayAccess(m, v)) return false;
  const place = placeOf[intid];
  const bank = bankOf(m, v, place);
  if ((m.mapped[bank] & (1 << place)) !== 0) return true;
  if (place < sgiCount) m.activeSource[keyOf(bank, place)] = 0;
  write(m, m.active, v, place, value);
  return true;
}

/** Reads the latch. */
export function userReadPending(m: Machine, v: number, intid: number): boolean {
  if (!mayAccess(m, v)) return false;
  const place = placeOf[intid];
  m.words[0] = (m.latch[bankOf(m, v, place)] >> place) & 1;
  return true;
}

/** Writes one bit of a set; what is set is queued. The physical side is never touched. */
function write(m: Machine, set: Int32Array, v: number, place: number, value: number): void {
  const bank = bankOf(m, v, place);
  const bit = 1 << place;
  if (value === 0) set[bank] &= ~bit;
  else set[bank] |= bit;
  touchBank(m, bank);
  if (value !== 0) enqueue(m, v, place);
}

/** Resets a virtual CPU that is not loaded: its timer, and the mapped interrupt of it. */
export function resetVcpu(m: Machine, v: number): boolean {
  if (m.profile === seed2015 || v >= m.vcpus || m.loadedOn[v] >= 0) return false;
  m.timerOn[v] = 0;
  const kept = ~(1 << timerPlace);
  m.active[v] &= kept;
  m.latch[v] &= kept;
  m.line[v] &= kept;
  touchVcpu(m, v);
  return true;
}

/** "Wakes: distributor on and some listed interrupt pending, enabled, not active, priority below PMR." */
export function wakes(m: Machine, v: number): boolean {
  if (v >= m.vcpus || m.runs[v] !== 0) return false;
  if (m.distributorOn[m.vm[v]] === 0) return true;
  const p = m.loadedOn[v];
  const mask = (p < 0 ? m.savedVmcr[v] : m.vmcr[p]) >>> vmcrPmrShift;
  const listed = m.profile === seed2015 ? m.targeted[v] : m.listed[v];
  let waiting = listed & pendingOf(m, v) & enabledOf(m, v) & ~activeOf(m, v);
  for (let place = 0; waiting !== 0; place++, waiting >>= 1) {
    if ((waiting & 1) !== 0 && m.priority[keyOf(bankOf(m, v, place), place)] >> 3 < mask) m.words[0] = 1;
  }
  return true;
}
