import { defineClauses } from '../clause.ts';
import { acknowledge } from './clauses/acknowledge.ts';
import { completion } from './clauses/completion.ts';
import { distributorRegisters } from './clauses/distributor-registers.ts';
import { encoding } from './clauses/encoding.ts';
import { excluded } from './clauses/excluded.ts';
import { flush } from './clauses/flush.ts';
import { fold } from './clauses/fold.ts';
import { hardwareMapping } from './clauses/hardware-mapping.ts';
import { injection } from './clauses/injection.ts';
import { listRegisters } from './clauses/list-registers.ts';
import { maintenance } from './clauses/maintenance.ts';
import { migration } from './clauses/migration.ts';
import { physicalDistributor } from './clauses/physical-distributor.ts';
import { routing } from './clauses/routing.ts';
import { seed2015Rules } from './clauses/seed-2015.ts';
import { sgi } from './clauses/sgi.ts';
import { timer } from './clauses/timer.ts';
import { userspace } from './clauses/userspace.ts';
import { wake } from './clauses/wake.ts';

/** What must hold in the `vgic` system: the hardware first, then the hypervisor, then what nobody is judged by. */
export const clauses = defineClauses('vgic', {
  ...physicalDistributor,
  ...acknowledge,
  ...completion,
  ...maintenance,
  ...encoding,
  ...listRegisters,
  ...injection,
  ...routing,
  ...flush,
  ...fold,
  ...hardwareMapping,
  ...timer,
  ...distributorRegisters,
  ...sgi,
  ...wake,
  ...userspace,
  ...migration,
  ...seed2015Rules,
  ...excluded,
});

/** Name of a clause of the `vgic` system. */
export type VgicClause = keyof typeof clauses;
