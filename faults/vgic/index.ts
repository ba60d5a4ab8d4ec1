import type { Fault } from '../fault.ts';
import { acknowledge } from './acknowledge.ts';
import { completion } from './completion.ts';
import { distributor } from './distributor.ts';
import { folding } from './folding.ts';
import { maintenance } from './maintenance.ts';
import { mapped } from './mapped.ts';
import { offering } from './offering.ts';
import { overflow } from './overflow.ts';
import { physical } from './physical.ts';
import { routing } from './routing.ts';
import { seed2015 } from './seed-2015.ts';
import { sgi } from './sgi.ts';
import { timer } from './timer.ts';
import { userspace } from './userspace.ts';

/** Every fault of `vgic`. */
export const vgicFaults: readonly Fault[] = [
  ...physical,
  ...acknowledge,
  ...completion,
  ...maintenance,
  ...mapped,
  ...offering,
  ...overflow,
  ...folding,
  ...routing,
  ...distributor,
  ...sgi,
  ...timer,
  ...userspace,
  ...seed2015,
];
