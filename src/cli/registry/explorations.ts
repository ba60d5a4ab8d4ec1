import type { Exploration, PackedMachine } from '../../engine/explore/exploration.ts';
import { UsageError } from '../usage-error.ts';
import { unknownName } from '../unknown-name.ts';
import { systemNames } from './systems.ts';

/** What is explored of a system, and a machine that is faster than its model. */
export interface Explorable {
  readonly exploration: Exploration;
  readonly optimized: (config: never) => PackedMachine;
}

const loaders: Readonly<Record<string, () => Promise<Explorable>>> = {
  'posted-interrupts': async () => {
    const [{ postedInterruptsExploration: exploration }, { PackedPostedInterrupts }] = await Promise.all([
      import('../../../properties/posted-interrupts/exploration.ts'),
      import('../../optimized/posted-interrupts/packed-steps.ts'),
    ]);
    return { exploration, optimized: (config) => new PackedPostedInterrupts(config) };
  },
};

/** Names of the systems that have a profile small enough to be explored. */
export const explorableSystems: readonly string[] = Object.keys(loaders);

/** What is explored of a system. Throws a `UsageError` for one that cannot be explored. */
export async function loadExplorable(system: string): Promise<Explorable> {
  const load = Object.hasOwn(loaders, system) ? loaders[system] : undefined;
  if (load !== undefined) return load();
  const names = [...new Set([...explorableSystems, ...systemNames])];
  if (!names.includes(system)) throw unknownName('system', system, names);
  throw new UsageError(
    `${system} has no profile that is small enough to be explored`,
    `There is: ${explorableSystems.join(', ')}.`,
  );
}
