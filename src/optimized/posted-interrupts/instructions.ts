import { exitReasons, registers, writtenRegisters } from '../../../spec/posted-interrupts/universe.ts';
import { classOf, has } from '../local-apic/index.ts';
import { accept, broadcast, lineVectors, sendLine, targetOf, tellAccepted } from './acceptance.ts';
import { boundary, hypervised, vmExit, windowOf } from './boundary.ts';
import { blockedByMovss, blockedBySti, unblocked, type Guest } from './guest.ts';
import { arch, replyWord, running, touch, type Machine } from './machine.ts';
import { outside, type VirtualCpu } from './virtual-cpu.ts';

/** Whether virtual CPU `v` executes instructions: it is in the guest, not halted, and not in the middle of anything. */
function executes(m: Machine, v: number): boolean {
  if (v >= m.vcpus) return false;
  const cpu = m.cpus[v];
  return cpu.mode !== outside && !cpu.halted && m.target === 0;
}

/** Whether the processor virtualizes the APIC accesses of whoever runs: those of an L2 always. */
const virtualizes = (m: Machine, cpu: VirtualCpu): boolean => m.apicv || cpu.l2Runs;

/** An instruction has completed in the guest. */
function complete(m: Machine, cpu: VirtualCpu, guest: Guest, blocking: number): void {
  guest.blocking = blocking;
  touch(m, cpu);
  boundary(m, cpu);
}

/** An instruction exits after it has completed. */
function exitAfter(m: Machine, cpu: VirtualCpu, guest: Guest, reason: number, qualification: number): void {
  guest.blocking = unblocked;
  vmExit(m, cpu, reason, qualification);
}

/**
 * An instruction of L1 exits and has done nothing. Whether there is a hypervisor, who does what the instruction does
 * and completes it.
 */
function exitInstead(m: Machine, cpu: VirtualCpu, reason: number, qualification: number): boolean {
  vmExit(m, cpu, reason, qualification);
  if (m.profile === arch) return false;
  cpu.guest.blocking = unblocked;
  return true;
}

const write = 1 << 12;

/** A trapped write, or with `direction` 0 a read, of a register. Whether there is a hypervisor who does it. */
function trappedAccess(m: Machine, cpu: VirtualCpu, offset: number, direction: number): boolean {
  if (m.x2apic) return exitInstead(m, cpu, direction === write ? exitReasons.wrmsr : exitReasons.rdmsr, 0);
  if (m.apicv) return exitInstead(m, cpu, exitReasons.apicWrite, offset);
  return exitInstead(m, cpu, exitReasons.apicAccess, offset | direction);
}

export function nop(m: Machine, v: number): boolean {
  if (!executes(m, v)) return false;
  const cpu = m.cpus[v];
  complete(m, cpu, running(m, cpu), unblocked);
  return true;
}

/** "STI that sets IF blocks delivery until the next instruction has completed; STI with IF already 1 does not." */
export function sti(m: Machine, v: number): boolean {
  if (!executes(m, v)) return false;
  const cpu = m.cpus[v];
  const guest = running(m, cpu);
  const blocking = guest.interruptFlag ? unblocked : blockedBySti;
  guest.interruptFlag = true;
  complete(m, cpu, guest, blocking);
  return true;
}

export function cli(m: Machine, v: number): boolean {
  if (!executes(m, v)) return false;
  const cpu = m.cpus[v];
  const guest = running(m, cpu);
  guest.interruptFlag = false;
  complete(m, cpu, guest, unblocked);
  return true;
}

export function movss(m: Machine, v: number): boolean {
  if (!executes(m, v)) return false;
  const cpu = m.cpus[v];
  const guest = running(m, cpu);
  if (guest.blocking === blockedByMovss) return false;
  complete(m, cpu, guest, blockedByMovss);
  return true;
}

export function hlt(m: Machine, v: number): boolean {
  if (!executes(m, v)) return false;
  const cpu = m.cpus[v];
  if (cpu.l2Runs) return false;
  if (m.hltExiting) {
    cpu.halted = exitInstead(m, cpu, exitReasons.hlt, 0);
  } else {
    cpu.halted = true;
    complete(m, cpu, cpu.guest, unblocked);
  }
  return true;
}

/** A write of TPR that the processor virtualizes. */
function virtualizedTpr(m: Machine, cpu: VirtualCpu, value: number): void {
  const guest = running(m, cpu);
  if (virtualizes(m, cpu)) {
    guest.virtual.writeTpr(value, windowOf(cpu));
    complete(m, cpu, guest, unblocked);
    return;
  }
  guest.apic.tpr = value;
  if (classOf(value) < cpu.threshold) exitAfter(m, cpu, guest, exitReasons.tprBelowThreshold, 0);
  else complete(m, cpu, guest, unblocked);
}

export function tpr(m: Machine, v: number, value: number): boolean {
  if (!executes(m, v)) return false;
  const cpu = m.cpus[v];
  if (m.tprShadow || virtualizes(m, cpu)) virtualizedTpr(m, cpu, value);
  else if (trappedAccess(m, cpu, writtenRegisters.tpr, write)) cpu.guest.apic.tpr = value;
  return true;
}

/** Exit qualifications of MOV to CR8 and MOV from CR8. */
const toCr8 = 0x08;
const fromCr8 = 0x18;

export function cr8(m: Machine, v: number, level: number): boolean {
  if (!executes(m, v)) return false;
  const cpu = m.cpus[v];
  const value = level << 4;
  if (m.tprShadow || virtualizes(m, cpu)) virtualizedTpr(m, cpu, value);
  else if (exitInstead(m, cpu, exitReasons.crAccess, toCr8)) cpu.guest.apic.tpr = value;
  return true;
}

// The registers in the order of the alphabet's domain: which it is, which word of a set, and its offset.
const tprRegister = 0;
const pprRegister = 1;
const cr8Register = 2;
const irrRegister = 3;
const isrRegister = 4;
const tmrRegister = 5;
const readable = [
  { which: tprRegister, word: 0, offset: registers.tpr },
  { which: pprRegister, word: 0, offset: registers.ppr },
  { which: cr8Register, word: 0, offset: registers.tpr },
  { which: irrRegister, word: 1, offset: registers.irr1 },
  { which: irrRegister, word: 2, offset: registers.irr2 },
  { which: irrRegister, word: 7, offset: registers.irr7 },
  { which: isrRegister, word: 1, offset: registers.isr1 },
  { which: isrRegister, word: 2, offset: registers.isr2 },
  { which: isrRegister, word: 7, offset: registers.isr7 },
  { which: tmrRegister, word: 1, offset: registers.tmr1 },
  { which: tmrRegister, word: 2, offset: registers.tmr2 },
  { which: tmrRegister, word: 7, offset: registers.tmr7 },
];

function valueOf(m: Machine, cpu: VirtualCpu, which: number, word: number): number {
  const { apic, virtual } = running(m, cpu);
  switch (which) {
    case tprRegister:
      return apic.tpr;
    case cr8Register:
      return classOf(apic.tpr);
    case irrRegister:
      return apic.irr[word];
    case isrRegister:
      return apic.isr[word];
    case tmrRegister:
      return apic.tmr[word];
    default:
      return virtualizes(m, cpu) ? virtual.vppr : apic.ppr(m.zeroOnTie);
  }
}

export function read(m: Machine, v: number, place: number): boolean {
  if (!executes(m, v)) return false;
  const cpu = m.cpus[v];
  const { which, word, offset } = readable[place];
  const shadowed = m.tprShadow && (which === tprRegister || which === cr8Register);
  if (virtualizes(m, cpu) || shadowed) {
    m.words[replyWord] = valueOf(m, cpu, which, word);
    complete(m, cpu, running(m, cpu), unblocked);
    return true;
  }
  const emulated =
    which === cr8Register ? exitInstead(m, cpu, exitReasons.crAccess, fromCr8) : trappedAccess(m, cpu, offset, 0);
  if (emulated) m.words[replyWord] = valueOf(m, cpu, which, word);
  return true;
}

export function eoi(m: Machine, v: number): boolean {
  if (!executes(m, v)) return false;
  const cpu = m.cpus[v];
  if (!virtualizes(m, cpu)) {
    if (!trappedAccess(m, cpu, writtenRegisters.eoi, write)) return true;
    const { apic } = cpu.guest;
    const vector = apic.endOfInterrupt();
    if (vector !== 0 && has(apic.tmr, vector)) broadcast(m, vector, v);
    return true;
  }
  const guest = running(m, cpu);
  const vector = guest.virtual.endOfInterrupt();
  if (!cpu.l2Runs && has(cpu.eoiExit, vector)) {
    // "The hypervisor sends the EOI to the I/O APIC and leaves VISR and SVI alone: the processor has updated them."
    exitAfter(m, cpu, guest, exitReasons.virtualizedEoi, vector);
    if (hypervised(m) && has(guest.apic.tmr, vector)) broadcast(m, vector, v);
    return true;
  }
  guest.virtual.evaluate(windowOf(cpu));
  complete(m, cpu, guest, unblocked);
  return true;
}

export function selfIpi(m: Machine, v: number, vector: number): boolean {
  if (!executes(m, v)) return false;
  const cpu = m.cpus[v];
  const legal = vector >= 16;
  if (cpu.l2Runs && !legal) return false;
  const offset = m.x2apic ? writtenRegisters.selfIpi : writtenRegisters.icr;
  const guest = running(m, cpu);
  if (!virtualizes(m, cpu)) {
    if (trappedAccess(m, cpu, offset, write)) accept(m, cpu, vector, false, v);
  } else if (!legal) {
    exitAfter(m, cpu, guest, exitReasons.apicWrite, offset);
  } else {
    guest.virtual.selfIpi(vector, windowOf(cpu));
    tellAccepted(m, guest, vector);
    complete(m, cpu, guest, unblocked);
  }
  return true;
}

export function sendIpi(m: Machine, v: number, to: number, vector: number): boolean {
  if (to >= m.vcpus || !executes(m, v)) return false;
  const cpu = m.cpus[v];
  if (cpu.l2Runs) return false;
  trappedAccess(m, cpu, writtenRegisters.icr, write);
  accept(m, m.cpus[to], vector, false, v);
  return true;
}

/** "Disabling refuses only what comes later", and what was refused of a line that is still high is sent when enabled. */
export function svr(m: Machine, v: number, on: number): boolean {
  if (!executes(m, v)) return false;
  const cpu = m.cpus[v];
  if (cpu.l2Runs) return false;
  trappedAccess(m, cpu, writtenRegisters.svr, write);
  cpu.guest.apic.enabled = on !== 0;
  for (let line = 0; on !== 0 && line < lineVectors.length; line++) {
    if (targetOf(m, line) === v) sendLine(m, line, v);
  }
  return true;
}
