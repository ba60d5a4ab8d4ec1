import type { AnyImplementation } from '../../engine/under-test.ts';

/** A deliberately wrong implementation, as the command line knows it. */
export interface FaultEntry {
  /** Named by its defect. */
  readonly id: string;
  readonly system: string;
  /** Names of the clauses that it breaks. */
  readonly breaks: readonly string[];
  /** What it does wrong, in one sentence. */
  readonly wrong: string;
  create(): AnyImplementation;
}

const loaders: Readonly<Record<string, () => Promise<readonly FaultEntry[]>>> = {};

/** The faults of a system. */
export const loadFaults = async (system: string): Promise<readonly FaultEntry[]> => (await loaders[system]?.()) ?? [];

/** The faults of all systems. */
export const allFaults = async (): Promise<readonly FaultEntry[]> =>
  (await Promise.all(Object.keys(loaders).map(loadFaults))).flat();
