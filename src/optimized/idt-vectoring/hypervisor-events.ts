import { maximumObstacles } from '../../../spec/idt-vectoring/universe.ts';
import { exit, reasons } from './exit.ts';
import type { Machine } from './machine.ts';
import { client, misconfiguration, pml, putObstacle } from './obstacles.ts';
import { settle, vmEntry } from './vm-entry.ts';

/** An obstacle of the hypervisor's is put in the way of a delivery. */
export function obstruct(m: Machine, place: number): boolean {
  const obstacle = 1 + place;
  const isOfEpt = obstacle === pml || obstacle === misconfiguration || obstacle === client;
  if (m.hypervisorObstacles === maximumObstacles || (isOfEpt && m.shadowPaging)) return false;
  putObstacle(m, obstacle);
  return true;
}

/** One VM entry. */
export function enterOnce(m: Machine): boolean {
  if (m.outside === 0) return false;
  vmEntry(m);
  return true;
}

/** The guest leaves for a reason that is not its own, 0 an interrupt of the host, 1 the timer, and enters again. */
export function kick(m: Machine, reason: number): boolean {
  settle(m);
  if (m.shutdown === 0) leaveAndEnter(m, reason === 0 ? reasons.externalInterrupt : reasons.preemptionTimer);
  return true;
}

/** The guest is saved and restored: outside there is nothing to see of it. */
export function migrate(m: Machine): boolean {
  if (m.outside === 0) leaveAndEnter(m, reasons.externalInterrupt);
  return true;
}

function leaveAndEnter(m: Machine, reason: number): void {
  exit(m, reason, 0);
  vmEntry(m);
}
