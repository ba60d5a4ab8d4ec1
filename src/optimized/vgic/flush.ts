import { intidOf, keyOf, physicalBehind, physicalIntidOf, sgiCount } from './interrupts.ts';
import { bankOf, listStride, touchBank, touchInterface, type Machine } from './machine.ts';
import {
  hcrEn,
  hcrUie,
  lrActive,
  lrEoi,
  lrGroup1,
  lrHw,
  lrPending,
  lrPhysicalIdShift,
  lrPriorityShift,
  lrSourceShift,
} from './registers.ts';
import { activeOf, ownOfList, pendingIn, pendingOf } from './routing.ts';
import { putLr } from './list-registers.ts';

/** The sources of SGI `place` of virtual CPU `v` still to be delivered. */
const sourcesOf = (m: Machine, v: number, place: number): number => (m.sources[v] >> (3 * place)) & 7;

/** The number of bits in a set of interrupts. */
function countBits(set: number): number {
  const pairs = set - ((set >> 1) & 0x5555);
  const nibbles = (pairs & 0x3333) + ((pairs >> 2) & 0x3333);
  return (nibbles + (nibbles >> 4) + (nibbles >> 8)) & 0xf;
}

/** How many list registers a listed SGI asks for beyond the first: one per source, and one for its active state. */
const furtherDemand = (m: Machine, v: number, place: number): number =>
  ((m.listed[v] >> place) & 1) === 0 || sourcesOf(m, v, place) === 0
    ? 0
    : countBits(sourcesOf(m, v, place)) + ((m.active[v] >> place) & 1) - 1;

/** "Active first; then enabled and pending before not; among pending by priority ascending; stable." */
function rank(m: Machine, v: number, place: number): number {
  const bank = bankOf(m, v, place);
  const bit = 1 << place;
  if ((m.active[bank] & bit) !== 0) return 0;
  if ((pendingIn(m, bank) & m.enabled[bank] & bit) === 0) return 0x200;
  return 0x100 | m.priority[keyOf(bank, place)];
}

function sortList(m: Machine, v: number): void {
  const first = v * listStride;
  const end = first + m.listLength[v];
  for (let i = first + 1; i < end; i++) {
    const place = m.list[i];
    const key = rank(m, v, place);
    let j = i;
    for (; j > first && rank(m, v, m.list[j - 1]) > key; j--) m.list[j] = m.list[j - 1];
    m.list[j] = place;
  }
}

/** Fills the list registers of physical CPU `p` from the list of virtual CPU `v`, and turns the interface on. */
export function flush(m: Machine, v: number, p: number): void {
  const first = v * listStride;
  const length = m.listLength[v];
  const multipleSgis =
    m.sources[v] === 0 ? 0 : furtherDemand(m, v, 0) + furtherDemand(m, v, 1) + furtherDemand(m, v, 2);
  const depth = countBits(m.listed[v] & (activeOf(m, v) | pendingOf(m, v))) + multipleSgis;
  if (depth > m.nrLr || multipleSgis !== 0) sortList(m, v);
  const own = ownOfList(m, v);

  let hcr = hcrEn;
  let used = 0;
  let guard = 0xff;
  for (let i = 0; i < length; i++) {
    const place = m.list[first + i];
    const priority = m.priority[keyOf(bankOf(m, v, place), place)];
    // Lower-priority work must not overtake the remaining sources of an SGI.
    if (multipleSgis !== 0 && priority > guard) break;
    if ((own & (1 << place)) === 0) continue;
    putLr(m, p, used++, populate(m, v, place));
    if (place < sgiCount && sourcesOf(m, v, place) !== 0) guard = priority;
    if (used === m.nrLr) {
      if (i + 1 < length) hcr |= hcrUie;
      break;
    }
  }
  m.usedLrs[p] = used;
  m.hcr[p] = hcr;
  touchInterface(m, p);
}

/** The list register for an interrupt; what it takes over leaves the software state. */
function populate(m: Machine, v: number, place: number): number {
  const bank = bankOf(m, v, place);
  const bit = 1 << place;
  const active = (m.active[bank] & bit) !== 0;
  const level = (m.level[bank] & bit) !== 0;
  const mapped = (m.mapped[bank] & bit) !== 0;
  const key = keyOf(bank, place);
  let allowPending = true;
  let lr = intidOf[place] | ((m.priority[key] >> 3) << lrPriorityShift);
  if ((m.group1[bank] & bit) !== 0) lr |= lrGroup1;
  if (active) {
    lr |= lrActive;
    if (place < sgiCount) {
      lr |= m.activeSource[key] << lrSourceShift;
      if (furtherDemand(m, v, place) > 0) {
        allowPending = false;
        lr |= lrEoi;
      }
    }
  }
  if (mapped && m.hwDeactivation) {
    lr |= lrHw | (physicalIntidOf[physicalBehind(place)] << lrPhysicalIdShift);
    // "It is illegal to set a HW interrupt to be PENDING+ACTIVE."
    if (active) allowPending = false;
  } else if (level) {
    lr |= lrEoi;
    if (active) allowPending = false;
  }
  if (!allowPending || (pendingIn(m, bank) & bit) === 0) return lr;

  lr |= lrPending;
  if (!level) m.latch[bank] &= ~bit;
  else if (mapped) m.line[bank] &= ~bit;
  if (place < sgiCount) {
    const sources = sourcesOf(m, v, place);
    const source = 31 - Math.clz32(sources & -sources);
    m.sources[v] &= ~(1 << (3 * place + source));
    lr |= source << lrSourceShift;
    if ((sources & (sources - 1)) !== 0) {
      m.latch[bank] |= bit;
      lr |= lrEoi;
    }
  }
  touchBank(m, bank);
  return lr;
}
