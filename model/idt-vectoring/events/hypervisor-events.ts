import type { Skip } from '../../../spec/contract.ts';
import type { IdtVectoringEvent } from '../../../spec/idt-vectoring/alphabet.ts';
import { maximumObstacles } from '../../../spec/idt-vectoring/universe.ts';
import type { HypervisorObstacle } from '../environment.ts';
import type { Parts } from '../parts.ts';
import { skips } from '../skips.ts';
import type { IdtVectoringState as State } from '../state.ts';
import { withTables } from '../update.ts';
import { isObstacleOfHypervisor } from './obstacle-owner.ts';

/** What the hypervisor does. */
export type HypervisorEvent = Extract<
  IdtVectoringEvent,
  { kind: 'obstruct' | 'enter' | 'kick' | 'migrate' | 'refused' }
>;

/** The hypervisor acts. */
export function hypervisorEvent(parts: Parts, state: State, event: HypervisorEvent): State | Skip {
  const { entries, loneExits, migration, refusals } = parts;
  const { outside } = state.hypervisor;
  switch (event.kind) {
    case 'obstruct':
      return obstruct(state, event.obstacle);
    case 'enter':
      return outside ? entries.enter(state) : skips.inside;
    case 'kick':
      return loneExits.kick(state, event.reason);
    case 'migrate':
      return migration.migrate(state);
    case 'refused':
      if (outside) return skips.outside;
      return refusals.isRefused(state, event.fields) ? refusals.refuse(state, event.fields) : skips.noFailure;
    default:
      return event satisfies never;
  }
}

function obstruct(state: State, obstacle: HypervisorObstacle): State | Skip {
  const { machine, tables } = state;
  const needsEpt = obstacle === 'pml' || obstacle === 'misconfiguration' || obstacle === 'client';
  if (machine.isShadow && needsEpt) return skips.noEpt;
  if (tables.obstacles.filter(isObstacleOfHypervisor).length >= maximumObstacles) return skips.full;
  return withTables(state, { obstacles: [...tables.obstacles, obstacle] });
}
