/** Exhaustive exploration of small configurations. */
export type { Exploration, PackedLaws, PackedMachine } from './exploration.ts';
export type { Cut, ExplorationProgress, ExplorationResult } from './exploration-result.ts';
export { explore, type ExploreOptions } from './explore.ts';
export { StateTable } from './state-table.ts';
