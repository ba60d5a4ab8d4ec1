import { physicalVectors } from '../../../spec/posted-interrupts/universe.ts';
import { send } from './acceptance.ts';
import { sync } from './entry.ts';
import { held } from './hypervisor.ts';
import { destination, touch, type Machine } from './machine.ts';
import { wakeup } from './vectors.ts';
import type { VirtualCpu } from './virtual-cpu.ts';

/** Puts a virtual CPU on a physical CPU. */
export function place(m: Machine, cpu: VirtualCpu, p: number): void {
  touch(m, cpu);
  cpu.loaded = true;
  cpu.pcpu = p;
  if (!m.apicvExists) return;
  cpu.list = 0;
  cpu.descriptor.load(destination(m, p), physicalVectors.posted);
}

export function load(m: Machine, v: number, p: number): boolean {
  if (v >= m.vcpus || p >= m.pcpus) return false;
  const cpu = m.cpus[v];
  if (cpu.loaded || cpu.blocked) return false;
  for (let other = 0; other < m.vcpus; other++) if (m.cpus[other].loaded && m.cpus[other].pcpu === p) return false;
  place(m, cpu, p);
  return true;
}

/** "A virtual CPU that is preempted while the device is assigned gets SN 1; one that gives its CPU up keeps SN 0." */
export function unload(m: Machine, v: number, preempted: number): boolean {
  if (!held(m, v)) return false;
  const cpu = m.cpus[v];
  touch(m, cpu);
  cpu.loaded = false;
  if (preempted !== 0 && m.assigned) cpu.descriptor.setSn();
  return true;
}

/** A halted virtual CPU looks for a reason to go on, and sleeps if there is none. */
export function block(m: Machine, v: number): boolean {
  if (!held(m, v) || !m.hltExiting || !m.cpus[v].halted) return false;
  const cpu = m.cpus[v];
  const { guest, descriptor } = cpu;
  touch(m, cpu);
  sync(m, cpu);
  if (cpu.nmi || (guest.open && guest.apic.deliverable() !== 0)) {
    cpu.halted = false;
    return true;
  }
  cpu.blocked = true;
  cpu.loaded = false;
  if (!m.assigned || !guest.open) return true;
  cpu.list = cpu.pcpu + 1;
  if (descriptor.switchNv(physicalVectors.wakeup)) send(m, cpu.pcpu, wakeup);
  return true;
}
