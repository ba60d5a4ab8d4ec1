import { exitReasons } from '../../../spec/posted-interrupts/universe.ts';
import { classOf, insert, remove } from '../local-apic/index.ts';
import { physicalBitAt } from './arrival.ts';
import { boundary, vmExit } from './boundary.ts';
import { blockedBySti, unblocked } from './guest.ts';
import { touch, type Machine } from './machine.ts';
import { inGuest, outside, type VirtualCpu } from './virtual-cpu.ts';

// Profile arch: "memory is memory, and nothing is evaluated".

const shownAnew = (m: Machine): VirtualCpu => {
  touch(m, m.cpus[0]);
  return m.cpus[0];
};

/** VMCS fields are written outside the guest. */
const isOutside = (m: Machine): boolean => m.cpus[0].mode === outside;

export function setPending(m: Machine, vector: number, on: number): boolean {
  const { irr } = shownAnew(m).guest.apic;
  if (on !== 0) insert(irr, vector);
  else remove(irr, vector);
  return true;
}

export function setInService(m: Machine, vector: number, on: number): boolean {
  const { isr } = shownAnew(m).guest.apic;
  if (on !== 0) insert(isr, vector);
  else remove(isr, vector);
  return true;
}

export function setPriority(m: Machine, value: number): boolean {
  shownAnew(m).guest.apic.tpr = value;
  return true;
}

export function setStatus(m: Machine, rvi: number, svi: number): boolean {
  if (!m.apicv || !isOutside(m)) return false;
  const { virtual } = shownAnew(m).guest;
  virtual.rvi = rvi;
  virtual.svi = svi;
  return true;
}

export function setWindow(m: Machine, on: number): boolean {
  if (!isOutside(m)) return false;
  shownAnew(m).window = on !== 0;
  return true;
}

export function setThreshold(m: Machine, level: number): boolean {
  if (m.apicv || !isOutside(m)) return false;
  shownAnew(m).threshold = level;
  return true;
}

export function setEoiExit(m: Machine, vector: number, on: number): boolean {
  if (!m.apicv || !isOutside(m)) return false;
  const { eoiExit } = shownAnew(m);
  if (on !== 0) insert(eoiExit, vector);
  else remove(eoiExit, vector);
  return true;
}

export function setPir(m: Machine, vector: number): boolean {
  if (!m.apicv) return false;
  shownAnew(m).descriptor.testAndSetPir(vector);
  return true;
}

export function setOn(m: Machine, on: number): boolean {
  if (!m.apicv) return false;
  const { descriptor } = shownAnew(m);
  if (on !== 0) descriptor.testAndSetOn();
  else descriptor.clearOn();
  return true;
}

export function setSn(m: Machine, on: number): boolean {
  if (!m.apicv) return false;
  const { descriptor } = shownAnew(m);
  if (on !== 0) descriptor.setSn();
  else descriptor.clearSn();
  return true;
}

/** A physical vector becomes pending: nobody has sent it. */
export function signal(m: Machine, place: number): boolean {
  const bit = physicalBitAt(place);
  const at = m.physicalWords;
  if ((m.words[at] & bit) !== 0) return false;
  m.words[at] |= bit;
  return true;
}

/** VM entry with a guest state; `blocking` and `activity` are places in the alphabet's domains. */
export function vmEntry(m: Machine, interruptFlag: number, blocking: number, activity: number): boolean {
  const cpu = m.cpus[0];
  const { apic, virtual } = cpu.guest;
  if (!isOutside(m)) return false;
  // "Skipped where VM entry would fail."
  if (blocking !== unblocked && activity !== 0) return false;
  if (blocking === blockedBySti && interruptFlag === 0) return false;
  const belowThreshold = !m.apicv && cpu.threshold > classOf(apic.tpr);
  if (belowThreshold && m.x2apic) return false;
  touch(m, cpu);
  cpu.mode = inGuest;
  cpu.guest.interruptFlag = interruptFlag !== 0;
  cpu.guest.blocking = blocking;
  cpu.halted = activity !== 0;
  if (belowThreshold) {
    // No instruction completes: what blocks interrupts stays.
    vmExit(m, cpu, exitReasons.tprBelowThreshold);
    return true;
  }
  if (m.apicv) {
    virtual.virtualizePpr();
    virtual.evaluate(cpu.window);
  }
  boundary(m, cpu);
  return true;
}

export function leaveVm(m: Machine): boolean {
  if (isOutside(m)) return false;
  vmExit(m, m.cpus[0], exitReasons.preemptionTimer);
  return true;
}
