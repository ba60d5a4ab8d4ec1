import type { Skip } from '../../../spec/contract.ts';
import type { IdtVectoringEvent } from '../../../spec/idt-vectoring/alphabet.ts';
import { gateVectors, maximumObstacles } from '../../../spec/idt-vectoring/universe.ts';
import type { Parts } from '../parts.ts';
import { skips } from '../skips.ts';
import type { IdtVectoringState as State, Obstacle } from '../state.ts';
import { gateOf, withTables } from '../update.ts';
import { isObstacleOfHypervisor } from './obstacle-owner.ts';

type Gate = Extract<IdtVectoringEvent, { kind: 'gate' }>;
type Spoil = Extract<IdtVectoringEvent, { kind: 'spoil' }>;

/** The guest changes its own IDT, stacks and page tables: it gets there first. */
export function tablesEvent(parts: Parts, state: State, event: Gate | Spoil): State | Skip {
  return event.kind === 'gate' ? gate(parts, state, event) : spoil(parts, state, event);
}

function gate({ environment }: Parts, state: State, { vector, state: becomes }: Gate): State | Skip {
  if (gateOf(state.tables, vector) === becomes) return skips.unchanged;
  const settled = environment.settle(state);
  if (settled.guest.shutdown) return settled;
  return withTables(settled, { gates: settled.tables.gates.with(gateVectors.indexOf(vector), becomes) });
}

function spoil({ environment }: Parts, state: State, { fault, found }: Spoil): State | Skip {
  if (!state.hypervisor.outside && isFull(state)) return skips.full;
  const settled = environment.settle(state);
  if (settled.guest.shutdown || isFull(settled)) return settled;
  const obstacle: Obstacle = found === 'processor' ? fault : `${fault}Emulated`;
  return withTables(settled, { obstacles: [...settled.tables.obstacles, obstacle] });
}

const isFull = ({ tables }: State): boolean =>
  tables.obstacles.filter((obstacle) => !isObstacleOfHypervisor(obstacle)).length >= maximumObstacles;
