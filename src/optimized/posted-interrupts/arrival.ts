import { exitReasons } from '../../../spec/posted-interrupts/universe.ts';
import { wake } from './acceptance.ts';
import { interruptInfo, processNotification, showExit, vmExit } from './boundary.ts';
import { arch, dirtySteps, running, type Machine } from './machine.ts';
import { exitPc, interruptsAreOff, notificationPc } from './program-counters.ts';
import { nestedNotification, physicalVectorOf, posted, kickVector, wakeup } from './vectors.ts';
import { inGuest, outside, type VirtualCpu } from './virtual-cpu.ts';

/** The alphabet's order is not that of the words. */
const bits = [posted, wakeup, kickVector, nestedNotification];

/** The bit of the physical vector at a place of the alphabet's domain. */
export const physicalBitAt = (place: number): number => bits[place];

/** The virtual CPU that is in the guest on a physical CPU. */
function guestOn(m: Machine, p: number): VirtualCpu | undefined {
  for (let v = 0; v < m.vcpus; v++) {
    const cpu = m.cpus[v];
    if (cpu.mode !== outside && cpu.pcpu === p) return cpu;
  }
  return undefined;
}

/** "The wake-up vector wakes every virtual CPU on the list of that physical CPU whose ON is 1, and no other." */
function hostHandler(m: Machine, p: number, bit: number): void {
  if (bit !== wakeup || m.profile === arch) return;
  for (let v = 0; v < m.vcpus; v++) {
    const cpu = m.cpus[v];
    if (cpu.list === p + 1 && cpu.descriptor.on) wake(m, cpu);
  }
}

/** A pending physical vector is delivered to its CPU. */
export function arrive(m: Machine, p: number, place: number): boolean {
  if (p >= m.pcpus) return false;
  const bit = bits[place];
  const at = m.physicalWords + p;
  if ((m.words[at] & bit) === 0) return false;
  const cpu = guestOn(m, p);
  if (cpu !== undefined && (running(m, cpu).blocking & m.holdsArrival) !== 0) return false;
  m.words[at] &= ~bit;
  // `nested` is a notification to nobody but an L2, and only KVM sends it.
  const own = cpu?.l2Runs === true ? nestedNotification : m.apicv ? posted : 0;
  if (cpu !== undefined && bit === own) {
    processNotification(m, cpu);
    return true;
  }
  if (cpu !== undefined) vmExit(m, cpu, exitReasons.externalInterrupt, 0, interruptInfo(physicalVectorOf(bit)));
  hostHandler(m, p, bit);
  return true;
}

/** The same where the target acts in atomic steps. */
export function arriveBetweenSteps(m: Machine, p: number, place: number): boolean {
  if (p >= m.pcpus) return false;
  const bit = bits[place];
  const at = m.physicalWords + p;
  const cpu = m.cpus[0];
  if ((m.words[at] & bit) === 0 || (cpu.pcpu === p && interruptsAreOff(m.target))) return false;
  m.words[at] &= ~bit;
  if (cpu.mode === inGuest && m.target === 0 && cpu.pcpu === p) {
    m.dirty |= dirtySteps;
    if (bit === posted) {
      m.target = notificationPc;
    } else {
      showExit(m, cpu, exitReasons.externalInterrupt, 0, interruptInfo(physicalVectorOf(bit)));
      m.target = exitPc;
    }
  }
  hostHandler(m, p, bit);
  return true;
}
