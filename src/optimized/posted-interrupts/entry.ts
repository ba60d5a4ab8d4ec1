import { exitReasons } from '../../../spec/posted-interrupts/universe.ts';
import { classOf, highest } from '../local-apic/index.ts';
import { boundary, deliver, interruptInfo, nmiInfo, vmExit } from './boundary.ts';
import type { Machine } from './machine.ts';
import { inGuest, outside, type VirtualCpu } from './virtual-cpu.ts';

/** Software takes what is posted for L1. "While L2 runs, sync leaves the guest interrupt status alone." */
export function sync(m: Machine, cpu: VirtualCpu): void {
  if (!m.apicvExists) return;
  const { apic, virtual } = cpu.guest;
  cpu.descriptor.sync(apic.irr);
  if (m.apicv && !cpu.l2Runs) virtual.rvi = highest(apic.irr);
}

/** "The target is marked as in the guest before it syncs, so that whoever posts too late for the sync notifies." */
export function beginEntry(m: Machine, cpu: VirtualCpu): void {
  cpu.mode = inGuest;
  sync(m, cpu);
}

/** Chooses the event to be injected: "an event in flight, else an NMI, else an interrupt". Its information, or 0. */
function choose(m: Machine, cpu: VirtualCpu): number {
  const { inflight, guest } = cpu;
  if (inflight !== 0) {
    cpu.inflight = 0;
    return inflight;
  }
  if (cpu.nmi) {
    cpu.nmi = false;
    return nmiInfo;
  }
  const vector = m.apicv || !guest.open ? 0 : guest.apic.deliverable();
  if (vector === 0) return 0;
  guest.apic.acknowledge(vector);
  return interruptInfo(vector);
}

/** Interrupt window and TPR threshold. */
export function writeControls(m: Machine, cpu: VirtualCpu): void {
  cpu.window = false;
  cpu.threshold = 0;
  if (m.apicv) return;
  const { apic } = cpu.guest;
  cpu.window = apic.deliverable() !== 0;
  const pending = classOf(highest(apic.irr));
  // A class of 0 is an empty IRR: no vector below 16 is ever accepted.
  if (m.tprShadow && classOf(apic.tpr) >= pending) cpu.threshold = pending;
}

/** VM entry to L1, up to the injection. */
export function enterVm(m: Machine, cpu: VirtualCpu): void {
  if (!m.apicv) return;
  cpu.guest.virtual.virtualizePpr();
  cpu.guest.virtual.evaluate(cpu.window);
}

/** Software enters L1. */
export function enterL1(m: Machine, cpu: VirtualCpu): void {
  beginEntry(m, cpu);
  const info = choose(m, cpu);
  writeControls(m, cpu);
  enterVm(m, cpu);
  if (info !== 0) deliver(m, cpu, cpu.guest, info);
  if (cpu.mode !== outside && cpu.nmi) vmExit(m, cpu, exitReasons.nmiWindow);
  if (cpu.mode !== outside) boundary(m, cpu);
}

/** Software prepares to enter L1, and calls it off: what it chose to inject is in flight. */
export function abortL1(m: Machine, cpu: VirtualCpu): void {
  beginEntry(m, cpu);
  cpu.inflight = choose(m, cpu);
  writeControls(m, cpu);
  cpu.mode = outside;
}
