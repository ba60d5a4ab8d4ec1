import { activityStates } from '../../../spec/vmx/guest-non-register-state.ts';
import { insert } from '../local-apic/index.ts';
import { preemptionTimer } from './controls.ts';
import { accept, sendLine } from './interrupt-controllers.ts';
import { postedToo, type Machine } from './machine.ts';

// "They make something pending and do nothing else." Whoever makes something pending makes L0 look again.

export function interrupt(m: Machine, vector: number): boolean {
  accept(m, vector, false);
  return true;
}

export function line(m: Machine, on: number): boolean {
  if (m.line === (on !== 0)) return false;
  m.line = on !== 0;
  sendLine(m);
  return true;
}

export function pic(m: Machine, on: number): boolean {
  if (m.pic === (on !== 0)) return false;
  m.pic = on !== 0;
  m.l0.request = true;
  return true;
}

export function nmi(m: Machine): boolean {
  m.nmi = true;
  m.l0.request = true;
  return true;
}

export function init(m: Machine): boolean {
  m.init = true;
  m.l0.request = true;
  return true;
}

export function sipi(m: Machine): boolean {
  if (m.l2Runs && m.current.activity === activityStates.waitForSipi) {
    m.sipi = true;
    m.l0.request = true;
  }
  return true;
}

export function timerExpiry(m: Machine): boolean {
  if (!m.l2Runs || !m.vmcs.has(preemptionTimer)) return false;
  const { l0 } = m;
  if (l0.onProcessor) {
    if (l0.timer) return false;
    l0.timer = true;
    return true;
  }
  if (m.timer) return false;
  m.timer = true;
  l0.request = true;
  return true;
}

export function post(m: Machine, vector: number): boolean {
  if (m.virtualization !== postedToo) return false;
  insert(m.pir, vector);
  m.outstanding = true;
  m.virtualChanged = true;
  return true;
}
