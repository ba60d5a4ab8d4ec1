import type { Exploration } from '../../engine/explore/exploration.ts';
import { UsageError } from '../usage-error.ts';
import { unknownName } from '../unknown-name.ts';
import { systemNames } from './systems.ts';

const loaders: Readonly<Record<string, () => Promise<Exploration>>> = {
  'posted-interrupts': async () =>
    (await import('../../../properties/posted-interrupts/exploration.ts')).postedInterruptsExploration,
};

/** Names of the systems that have a profile small enough to be explored. */
export const explorableSystems: readonly string[] = Object.keys(loaders);

/** What is explored of a system. Throws a `UsageError` for one that cannot be explored. */
export async function loadExploration(system: string): Promise<Exploration> {
  const load = Object.hasOwn(loaders, system) ? loaders[system] : undefined;
  if (load !== undefined) return load();
  if (!systemNames.includes(system)) throw unknownName('system', system, [...explorableSystems, ...systemNames]);
  throw new UsageError(
    `${system} has no profile that is small enough to be explored`,
    `There is: ${explorableSystems.join(', ')}.`,
  );
}
