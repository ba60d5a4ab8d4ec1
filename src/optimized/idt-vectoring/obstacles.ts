import { faults, obstacles, spoiledVectors } from '../../../spec/idt-vectoring/universe.ts';
import type { Machine } from './machine.ts';

// An obstacle is told by its nibble, 1 + its place; 0: nothing is in the way.

export const page = 1;
export const pml = 2;
export const apicAccess = 3;
export const misconfiguration = 4;
export const client = 5;

/** The first obstacle of the guest's own; those before it are the hypervisor's. */
export const firstOfGuest = 1 + obstacles.indexOf('pf');

/** The first one that the hypervisor finds while it emulates the access; those before it the processor finds. */
export const firstEmulated = 1 + obstacles.indexOf('pfEmulated');

const kinds = Object.keys(spoiledVectors) as readonly (keyof typeof spoiledVectors)[];

/** By obstacle of the guest's: the vector of the fault, and its error code without EXT. */
export const faultVectors = new Uint8Array(obstacles.length + 1);
export const faultErrors = new Uint8Array(obstacles.length + 1);
kinds.forEach((kind, place) => {
  for (const first of [firstOfGuest, firstEmulated]) {
    faultVectors[first + place] = spoiledVectors[kind];
    faultErrors[first + place] = faults.delivery.errors[spoiledVectors[kind]];
  }
});

/** The next obstacle, which is not in the way any more. */
export function takeObstacle(m: Machine): number {
  const obstacle = m.obstacles & 0xf;
  m.obstacles >>>= 4;
  if (obstacle >= firstOfGuest) m.guestObstacles--;
  else if (obstacle !== 0) m.hypervisorObstacles--;
  return obstacle;
}

/** Puts an obstacle behind the others. */
export function putObstacle(m: Machine, obstacle: number): void {
  m.obstacles |= obstacle << (4 * (m.guestObstacles + m.hypervisorObstacles));
  if (obstacle >= firstOfGuest) m.guestObstacles++;
  else m.hypervisorObstacles++;
}
