import { externalVectors } from '../../../spec/idt-vectoring/universe.ts';
import { eventTypes } from '../../../spec/vmx/interruption-information.ts';
import { deliver } from './deliver.ts';
import { debugException, machineCheck, nonMaskable, plainEvent } from './events.ts';
import { exit, reasons } from './exit.ts';
import { type Machine, shutDown } from './machine.ts';
import { hold } from './policy.ts';
import { raise } from './raise.ts';
import { vmEntry } from './vm-entry.ts';

const externalInterrupts = Int32Array.from(externalVectors, (vector) =>
  plainEvent(eventTypes.externalInterrupt, vector),
);

/** Whether a boundary lets an NMI in. */
export const admitsNmi = (m: Machine): boolean => (m.nmiBlocked | m.movss) === 0 && (m.sti === 0 || !m.stiBlocksNmi);

/** Whether a boundary lets a maskable interrupt in. */
export const admitsExternal = (m: Machine): boolean => m.interruptFlag !== 0 && (m.sti | m.movss) === 0;

/** The highest place of a set, -1 if it is empty: places are in the order of classes, one vector each. */
const highest = (set: number): number => 31 - Math.clz32(set);

/** What is taken between two instructions: at most one event, by rank. Whether there was one. */
export function boundary(m: Machine): boolean {
  if (m.machineCheck !== 0) {
    takeMachineCheck(m);
    return true;
  }
  if (m.debug !== 0 && m.movss === 0) {
    const bits = m.debug;
    m.debug = 0;
    raise(m, debugException, 0, 0, bits, m.resumeFlag);
    return true;
  }
  if (m.nmis !== 0 && admitsNmi(m)) {
    takeNmi(m);
    return true;
  }
  if (m.irr !== 0 && admitsExternal(m)) {
    const place = highest(m.irr);
    if (place > highest(m.isr)) {
      m.irr &= ~(1 << place);
      m.isr |= 1 << place;
      deliver(m, externalInterrupts[place], 0, 0, m.resumeFlag);
      return true;
    }
  }
  return false;
}

function takeMachineCheck(m: Machine): void {
  m.machineCheck = 0;
  if (m.mcip !== 0) {
    shutDown(m);
    return;
  }
  m.mcip = 1;
  raise(m, machineCheck, 0, 0, 0, m.resumeFlag);
}

function takeNmi(m: Machine): void {
  m.nmis--;
  if (m.hypervised && m.virtualNmi) {
    exit(m, reasons.nmiWindow, 0);
    hold(m, nonMaskable, 0, 0, 0);
    vmEntry(m);
    return;
  }
  m.nmiBlocked = 1;
  deliver(m, nonMaskable, 0, 0, m.resumeFlag);
}
