import { exitReasons } from '../../../spec/posted-interrupts/universe.ts';
import { unblocked, type Guest } from './guest.ts';
import { arch, deliveryWords, exitWords, interleaved, running, touch, type Machine } from './machine.ts';
import { outside, type VirtualCpu } from './virtual-cpu.ts';

const valid = 0x80000000 | 0;

/** Interruption information of an external interrupt, and of an NMI. Signed, as every word in the state. */
export const interruptInfo = (vector: number): number => valid | vector;
export const nmiInfo = valid | (2 << 8) | 2;

/** Fills the section `exit`, and ends recognition: it "does not survive a VM exit". */
export function showExit(
  m: Machine,
  cpu: VirtualCpu,
  reason: number,
  qualification = 0,
  interruption = 0,
  idt = 0,
): void {
  const { words } = m;
  words[exitWords] = valid | reason;
  words[exitWords + 1] = qualification;
  words[exitWords + 2] = interruption;
  words[exitWords + 3] = idt;
  running(m, cpu).virtual.recognized = false;
  touch(m, cpu);
}

/** A VM exit to L0. Blocking is left to the caller: it ends only where an instruction completes. */
export function vmExit(
  m: Machine,
  cpu: VirtualCpu,
  reason: number,
  qualification = 0,
  interruption = 0,
  idt = 0,
): void {
  showExit(m, cpu, reason, qualification, interruption, idt);
  cpu.mode = outside;
}

/** An event is delivered through the IDT of whoever runs, or its delivery exits. */
export function deliver(m: Machine, cpu: VirtualCpu, guest: Guest, info: number): void {
  guest.blocking = unblocked;
  cpu.halted = false;
  if (cpu.obstructed) {
    cpu.obstructed = false;
    cpu.inflight = info;
    vmExit(m, cpu, exitReasons.eptViolation, 0, 0, info);
    return;
  }
  const at = deliveryWords;
  m.words[m.words[at] === 0 ? at : at + 1] = info;
  m.words[at + 2] = guest.number;
}

/** "Interrupt-window exiting" of whoever runs: L1 has none for L2. */
export const windowOf = (cpu: VirtualCpu): boolean => cpu.window && !cpu.l2Runs;

/** The boundary before the next instruction of a virtual CPU in the guest. */
export function boundary(m: Machine, cpu: VirtualCpu): void {
  const guest = running(m, cpu);
  if (!guest.open) return;
  if (windowOf(cpu)) vmExit(m, cpu, exitReasons.interruptWindow);
  else if (guest.virtual.recognized) deliver(m, cpu, guest, interruptInfo(guest.virtual.deliver()));
}

/** Posted-interrupt processing by the processor, for whoever runs. */
export function processNotification(m: Machine, cpu: VirtualCpu): void {
  const { apic, virtual } = running(m, cpu);
  const descriptor = cpu.l2Runs ? m.l2Descriptor : cpu.descriptor;
  virtual.raiseRvi(descriptor.processNotification(apic.irr));
  virtual.evaluate(windowOf(cpu));
  boundary(m, cpu);
  touch(m, cpu);
}

/** Whether there is software around the processor that acts on exits. */
export const hypervised = (m: Machine): boolean => m.profile !== arch && m.profile !== interleaved;
