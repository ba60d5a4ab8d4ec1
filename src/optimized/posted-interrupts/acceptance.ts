import { lines, nestedNotificationVector, physicalVectors } from '../../../spec/posted-interrupts/universe.ts';
import { insert } from '../local-apic/index.ts';
import { acceptedWord, acceptorWord, broadcastWord, kvm, sentWord, touch, type Machine } from './machine.ts';
import type { Guest } from './guest.ts';
import { vectorOf } from './posted-interrupt-descriptor.ts';
import { bitOf, kickVector, nestedNotification, physicalCount, posted, wakeup } from './vectors.ts';
import { inGuest, toldToLeave, type VirtualCpu } from './virtual-cpu.ts';

/** Who posts where no virtual CPU does. */
export const host = -1;

/** A physical vector is sent to a physical CPU. */
export function send(m: Machine, p: number, bit: number): void {
  m.words[m.physicalWords + p] |= bit;
  m.words[sentWord] |= bit << (p * physicalCount);
}

/** A sleeper goes on. */
export function wake(m: Machine, cpu: VirtualCpu): void {
  cpu.blocked = false;
  touch(m, cpu);
}

/** "A kick is sent to a target that is in the guest and has not been told to leave it." */
export function kick(m: Machine, cpu: VirtualCpu): void {
  if (cpu.mode === inGuest) {
    cpu.mode = toldToLeave;
    send(m, cpu.pcpu, kickVector);
  }
  wake(m, cpu);
}

/** Tells what a guest has accepted. */
export function tellAccepted(m: Machine, guest: Guest, vector: number): void {
  m.words[acceptedWord] |= bitOf[vector];
  m.words[acceptorWord] = guest.number;
}

/** Software gives a vector to a local APIC; `from` is the number of a virtual CPU, or {@link host}. Whether it took it. */
export function accept(m: Machine, cpu: VirtualCpu, vector: number, level: boolean, from: number): boolean {
  const { apic } = cpu.guest;
  if (vector < 16 || !apic.enabled) return false;
  apic.setTrigger(vector, level);
  tellAccepted(m, cpu.guest, vector);
  touch(m, cpu);
  if (cpu.l2Runs && vector === nestedNotificationVector && m.profile === kvm) {
    // "A notification that is sent while L2 runs is remembered outside IRR of L1, whatever PPR of L1."
    m.piPending = true;
    if (cpu.mode === inGuest) send(m, cpu.pcpu, nestedNotification);
  } else if (m.apicv) {
    post(m, cpu, vector, from);
  } else {
    insert(apic.irr, vector);
    kick(m, cpu);
  }
  return true;
}

/** "A CPU that finds ON already set sends no notification and wakes nobody; whoever has set it does." */
function post(m: Machine, cpu: VirtualCpu, vector: number, from: number): void {
  if (!cpu.descriptor.post(vector) || from === cpu.number) return;
  if (cpu.mode === inGuest) send(m, cpu.pcpu, posted);
  else wake(m, cpu);
}

/** A host thread posts. */
export function hostPost(m: Machine, to: number, vector: number): boolean {
  if (to >= m.vcpus) return false;
  accept(m, m.cpus[to], vector, false, host);
  return true;
}

/** "A device post happens also with APICv off and with a disabled local APIC, and does not change TMR." */
export function devicePost(m: Machine, to: number, vector: number, urgent: number): boolean {
  if (!m.assigned || to >= m.vcpus || (bitOf[vector] & m.vectors) === 0) return false;
  const cpu = m.cpus[to];
  const { descriptor } = cpu;
  const control = descriptor.devicePost(vector, urgent !== 0);
  tellAccepted(m, cpu.guest, vector);
  touch(m, cpu);
  if (control >= 0) {
    const p = m.x2apic ? descriptor.ndst : descriptor.ndst >>> 8;
    send(m, p, vectorOf(control) === physicalVectors.wakeup ? wakeup : posted);
  }
  return true;
}

/** Places of a line's words from {@link Machine.ioapicWords} on. */
const level = 0;
const remoteIrr = 1;

/** Vectors of the lines. */
export const lineVectors: readonly number[] = lines.map(({ vector }) => vector);
const toLast = lines.map(({ target }) => target === 'last');

/** The virtual CPU that a line is routed to. */
export const targetOf = (m: Machine, line: number): number => (toLast[line] ? m.vcpus - 1 : 0);

/** "A level-triggered line sends no second interrupt while remote IRR is 1." */
export function sendLine(m: Machine, line: number, from: number): void {
  const { words, ioapicWords: at } = m;
  const bit = 1 << line;
  if ((words[at + level] & ~words[at + remoteIrr] & bit) === 0) return;
  if (accept(m, m.cpus[targetOf(m, line)], lineVectors[line], true, from)) words[at + remoteIrr] |= bit;
}

/** The EOI of a level-triggered vector reaches the I/O APIC. */
export function broadcast(m: Machine, vector: number, from: number): void {
  const { words, ioapicWords: at } = m;
  words[broadcastWord] |= bitOf[vector];
  for (let line = 0; line < lineVectors.length; line++) {
    const bit = 1 << line;
    if (lineVectors[line] !== vector || (words[at + remoteIrr] & bit) === 0) continue;
    words[at + remoteIrr] &= ~bit;
    sendLine(m, line, from);
  }
}

/** A line goes high. */
export function raise(m: Machine, line: number): boolean {
  const at = m.ioapicWords + level;
  const bit = 1 << line;
  if ((m.words[at] & bit) !== 0) return false;
  m.words[at] |= bit;
  sendLine(m, line, host);
  return true;
}

/** A line goes low. */
export function lower(m: Machine, line: number): boolean {
  const at = m.ioapicWords + level;
  const bit = 1 << line;
  if ((m.words[at] & bit) === 0) return false;
  m.words[at] &= ~bit;
  return true;
}
