import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { interruptFlag } from './bits.ts';
import * as control from './controls.ts';
import { exceptionExit, interrupt } from './delivery.ts';
import { deliverNative } from './events-of-l2.ts';
import { exit, leave } from './exit.ts';
import { record, recordInterruption } from './exit-information.ts';
import * as field from './field-numbers.ts';
import { intercepted } from './interception.ts';
import { dirtyL2, type Machine } from './machine.ts';
import { inShadow } from './mode.ts';
import { nmiBlocking } from './nmi-blocking.ts';

const halted = 1;
const waitsForSipi = 3;
const external = 0x8000_0000;
const nmiInformation = 0x8000_0202;

export function externalInterrupt(m: Machine, vector: number): boolean {
  if (!m.l2Runs || inShadow(m) || m.hardware[field.activity] > halted) return false;
  const { fields } = m.vmcs;
  const exits = control.has(fields, control.externalInterruptExiting);
  if (!exits && (m.hardware[field.rflags] & interruptFlag) === 0) return false;
  if (!intercepted(m, control.externalInterruptExiting, exitReasons.externalInterrupt)) {
    return deliverNative(m, external + vector, 0, interrupt, 0);
  }
  record(m, exitReasons.externalInterrupt, 0);
  if (control.has(fields, control.acknowledgeInterrupt)) recordInterruption(m, external + vector);
  leave(m);
  return true;
}

export function nmi(m: Machine): boolean {
  if (!m.l2Runs || inShadow(m) || m.hardware[field.activity] === waitsForSipi) return false;
  const { fields } = m.vmcs;
  const virtual = control.has(fields, control.nmiExiting) && control.has(fields, control.virtualNmis);
  if (!virtual && nmiBlocking(m) !== 0) return false;
  if (!intercepted(m, control.nmiExiting, exitReasons.exceptionOrNmi)) {
    return deliverNative(m, nmiInformation, 0, interrupt, 0);
  }
  exceptionExit(m, nmiInformation, 0);
  return true;
}

export function init(m: Machine): boolean {
  if (!m.l2Runs || m.hardware[field.activity] === waitsForSipi) return false;
  exit(m, exitReasons.init, 0);
  return true;
}

/** "A SIPI exits if L2 waits for one, and is discarded otherwise." */
export function sipi(m: Machine, vector: number): boolean {
  if (!m.l2Runs) return false;
  if (m.hardware[field.activity] === waitsForSipi) exit(m, exitReasons.sipi, vector);
  return true;
}

/** The VMX-preemption timer counts down by one. */
export function tick(m: Machine): boolean {
  const { hardware } = m;
  if (!m.l2Runs || !control.has(m.vmcs.fields, control.preemptionTimer)) return false;
  if (hardware[field.activity] === waitsForSipi) return false;
  hardware[field.timerValue] -= 1;
  if (hardware[field.timerValue] === 0) exit(m, exitReasons.preemptionTimer, 0);
  m.dirty |= dirtyL2;
  return true;
}
