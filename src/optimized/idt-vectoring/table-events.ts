import { maximumObstacles } from '../../../spec/idt-vectoring/universe.ts';
import { gateOf, setGate } from './gates.ts';
import type { Machine } from './machine.ts';
import { firstEmulated, firstOfGuest, putObstacle } from './obstacles.ts';
import { settle } from './vm-entry.ts';

/** The guest changes a gate of its IDT. */
export function gate(m: Machine, vector: number, state: number): boolean {
  if (gateOf(m, vector) === state) return false;
  settle(m);
  if (m.shutdown === 0) setGate(m, vector, state);
  return true;
}

/** The guest puts a fault of its own in the way of a delivery. `found`: 0 by the processor, 1 by the hypervisor. */
export function spoil(m: Machine, fault: number, found: number): boolean {
  if (m.outside === 0 && m.guestObstacles === maximumObstacles) return false;
  settle(m);
  if (m.shutdown === 0 && m.guestObstacles < maximumObstacles) {
    putObstacle(m, (found === 0 ? firstOfGuest : firstEmulated) + fault);
  }
  return true;
}
