import { exitReasons, hostTimerVector } from '../../../spec/posted-interrupts/universe.ts';
import { kick, wake } from './acceptance.ts';
import { interruptInfo, vmExit } from './boundary.ts';
import { abortL1, beginEntry, enterL1, sync } from './entry.ts';
import { touch, type Machine } from './machine.ts';
import { enterL2 } from './nested.ts';
import { outside, type VirtualCpu } from './virtual-cpu.ts';

/** Whether software holds virtual CPU `v` on a physical CPU, outside the guest. */
export const held = (m: Machine, v: number): boolean => v < m.vcpus && m.cpus[v].loaded && m.cpus[v].mode === outside;

/** Whether virtual CPU `v` can be entered. */
const enterable = (m: Machine, v: number): boolean => held(m, v) && !(m.cpus[v].halted && m.hltExiting);

export function enter(m: Machine, v: number): boolean {
  if (!enterable(m, v)) return false;
  const cpu = m.cpus[v];
  touch(m, cpu);
  if (cpu.l2Runs) enterL2(m, cpu);
  else enterL1(m, cpu);
  return true;
}

export function abortEntry(m: Machine, v: number): boolean {
  if (!enterable(m, v)) return false;
  const cpu = m.cpus[v];
  touch(m, cpu);
  if (cpu.l2Runs) {
    beginEntry(m, cpu);
    cpu.mode = outside;
  } else {
    abortL1(m, cpu);
  }
  return true;
}

export function exit(m: Machine, v: number): boolean {
  if (v >= m.vcpus || m.cpus[v].mode === outside) return false;
  vmExit(m, m.cpus[v], exitReasons.externalInterrupt, 0, interruptInfo(hostTimerVector));
  return true;
}

/** Software moves what is posted, and does not enter. */
export function syncNow(m: Machine, v: number): boolean {
  if (!m.apicvExists || !held(m, v)) return false;
  const cpu = m.cpus[v];
  touch(m, cpu);
  sync(m, cpu);
  return true;
}

export function nmi(m: Machine, v: number): boolean {
  if (v >= m.vcpus || m.cpus[v].nmi || m.cpus[v].l2Runs) return false;
  const cpu = m.cpus[v];
  cpu.nmi = true;
  kick(m, cpu);
  return true;
}

export function obstruct(m: Machine, v: number): boolean {
  if (v >= m.vcpus || m.cpus[v].obstructed || m.cpus[v].l2Runs) return false;
  const cpu = m.cpus[v];
  touch(m, cpu);
  cpu.obstructed = true;
  return true;
}

function switchOne(m: Machine, cpu: VirtualCpu): void {
  const { apic, virtual } = cpu.guest;
  touch(m, cpu);
  cpu.mode = outside;
  virtual.recognized = false;
  if (cpu.l2Runs) m.l2.virtual.recognized = false;
  cpu.window = false;
  cpu.threshold = 0;
  if (m.apicv) {
    virtual.restoreStatus();
    virtual.vppr = apic.ppr(m.zeroOnTie);
  } else {
    virtual.rvi = 0;
    virtual.svi = 0;
  }
}

/** "Every virtual CPU has left the guest before APICv is switched, so that no poster takes the old way." */
export function switchApicv(m: Machine, on: number): boolean {
  if (!m.apicvExists || m.apicv === (on !== 0)) return false;
  m.apicv = on !== 0;
  for (let v = 0; v < m.vcpus; v++) switchOne(m, m.cpus[v]);
  return true;
}

/** "Assigning the device wakes every virtual CPU that is blocked: it went to sleep without the wake-up vector." */
export function assign(m: Machine, on: number): boolean {
  if (!m.devicePosting || m.assigned === (on !== 0)) return false;
  m.assigned = on !== 0;
  for (let v = 0; m.assigned && v < m.vcpus; v++) if (m.cpus[v].blocked) wake(m, m.cpus[v]);
  return true;
}

/** "Saved IRR holds what was posted, whatever ON and SN are." */
export function saveRestore(m: Machine): boolean {
  for (let v = 0; v < m.vcpus; v++) if (m.cpus[v].mode !== outside) return false;
  for (let v = 0; v < m.vcpus; v++) {
    const cpu = m.cpus[v];
    wake(m, cpu);
    if (!m.apicvExists) continue;
    const { apic, virtual } = cpu.guest;
    cpu.descriptor.processNotification(apic.irr);
    if (m.apicv) virtual.restoreStatus();
  }
  return true;
}
