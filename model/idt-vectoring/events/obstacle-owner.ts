import type { HypervisorObstacle } from '../environment.ts';
import type { Obstacle } from '../state.ts';

const ofHypervisor: readonly Obstacle[] = ['page', 'pml', 'apicAccess', 'misconfiguration', 'client'];

/** Whether an obstacle is the hypervisor's; the others are the guest's. */
export const isObstacleOfHypervisor = (obstacle: Obstacle): obstacle is HypervisorObstacle =>
  ofHypervisor.includes(obstacle);
