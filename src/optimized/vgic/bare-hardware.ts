import { physical40, physicalPlaceOf, physicalTimer } from './interrupts.ts';
import { lrStride, touchInterface, touchPhysical, type Machine } from './machine.ts';
import {
  acknowledgePhysical,
  clearPhysicalPending,
  physicalBankOf,
  setActiveBit,
  signalledPhysical,
} from './physical.ts';
import {
  lrEoi,
  lrGroup1,
  lrHw,
  lrPhysicalId,
  lrPhysicalIdShift,
  lrPriorityShift,
  lrSourceShift,
  lrState,
  lrStateShift,
  lrVirtualId,
} from './registers.ts';
import { putLr } from './list-registers.ts';
import { spurious } from '../../../spec/vgic/universe.ts';

/** The one interface of profile arch. */
const cpu = 0;

/** Writes a list register with HW=0 for a PPI or SPI. */
export function writeLr(
  m: Machine,
  index: number,
  state: number,
  intid: number,
  priority: number,
  eoi: number,
  group: number,
): boolean {
  return write(m, index, fields(state, intid, priority) | (eoi !== 0 ? lrEoi : 0) | (group !== 0 ? lrGroup1 : 0));
}

/** Writes a list register with HW=0 for an SGI of group 0. */
export function writeSgiLr(
  m: Machine,
  index: number,
  state: number,
  sgi: number,
  source: number,
  priority: number,
  eoi: number,
): boolean {
  return write(m, index, fields(state, sgi, priority) | (source << lrSourceShift) | (eoi !== 0 ? lrEoi : 0));
}

/** Writes a list register with HW=1. */
export function writeHwLr(
  m: Machine,
  index: number,
  state: number,
  intid: number,
  pIntId: number,
  priority: number,
  group: number,
): boolean {
  const hardware = lrHw | (pIntId << lrPhysicalIdShift) | (group !== 0 ? lrGroup1 : 0);
  return write(m, index, fields(state, intid, priority) | hardware);
}

const fields = (state: number, intid: number, priority: number): number =>
  (state << lrStateShift) | intid | ((priority >> 3) << lrPriorityShift);

/** "At most one valid list register per VirtualID; two HW list registers must not name the same PhysicalID." */
function write(m: Machine, index: number, lr: number): boolean {
  if (index >= m.nrLr) return false;
  if ((lr & lrState) !== 0) {
    for (let i = 0; i < m.nrLr; i++) {
      const other = m.lr[cpu * lrStride + i];
      if (i === index || (other & lrState) === 0) continue;
      if (((lr ^ other) & lrVirtualId) === 0) return false;
      if ((lr & other & lrHw) !== 0 && ((lr ^ other) & lrPhysicalId) === 0) return false;
    }
  }
  putLr(m, cpu, index, lr);
  return true;
}

/** Writes GICH_HCR; EOICount becomes 0. */
export function writeHcr(m: Machine, value: number): boolean {
  m.hcr[cpu] = value;
  touchInterface(m, cpu);
  return true;
}

/** Drives the line of physical PPI 27. */
export function raiseTimer(m: Machine, high: number): boolean {
  if (m.physicalLine[cpu] === high) return false;
  m.physicalLine[cpu] = high;
  touchPhysical(m, cpu);
  return true;
}

/** Reads GICC_IAR. */
export function hostAck(m: Machine): boolean {
  const intid = signalledPhysical(m, cpu);
  m.words[0] = intid;
  if (intid === spurious) return true;
  const interrupt = physicalPlaceOf[intid];
  acknowledgePhysical(m, interrupt, cpu);
  m.acknowledged[cpu] = interrupt;
  return true;
}

/** Writes GICC_EOIR: "host EOIR with EOImode 1 drops the host running priority only". */
export function hostEoi(m: Machine): boolean {
  if (m.acknowledged[cpu] < 0) return false;
  m.acknowledged[cpu] = -1;
  touchPhysical(m, cpu);
  return true;
}

/** Writes GICC_DIR for an active interrupt whose priority is dropped. */
export function hostDir(m: Machine, pIntId: number): boolean {
  const interrupt = physicalPlaceOf[pIntId];
  const active = m.physicalActive[physicalBankOf(interrupt, cpu)] & (1 << interrupt);
  if (active === 0 || m.acknowledged[cpu] === interrupt) return false;
  setActiveBit(m, interrupt, cpu, false);
  return true;
}

/** Writes GICD_ISENABLER or GICD_ICENABLER. */
export function physicalEnable(m: Machine, pIntId: number, on: number): boolean {
  const interrupt = physicalPlaceOf[pIntId];
  const bank = physicalBankOf(interrupt, cpu);
  if (on !== 0) m.physicalDisabled[bank] &= ~(1 << interrupt);
  else m.physicalDisabled[bank] |= 1 << interrupt;
  touchPhysical(m, bank);
  return true;
}

/** Writes GICD_ISPENDR or GICD_ICPENDR, which is not tried on a level-sensitive interrupt whose line is high. */
export function writePhysicalPending(m: Machine, pIntId: number, on: number): boolean {
  const interrupt = physicalPlaceOf[pIntId];
  const bank = physicalBankOf(interrupt, cpu);
  const bit = 1 << interrupt;
  if (on !== 0) {
    m.physicalLatch[bank] |= bit;
    touchPhysical(m, bank);
    return true;
  }
  const isLevel = interrupt === physicalTimer || interrupt === physical40;
  if (isLevel && (m.physicalLine[bank] & bit) !== 0) return false;
  clearPhysicalPending(m, interrupt, cpu);
  return true;
}

/** Writes GICD_ISACTIVER or GICD_ICACTIVER: no other effect, and no acknowledge. */
export function physicalActive(m: Machine, pIntId: number, on: number): boolean {
  const interrupt = physicalPlaceOf[pIntId];
  if (m.acknowledged[cpu] === interrupt) return false;
  setActiveBit(m, interrupt, cpu, on !== 0);
  return true;
}
