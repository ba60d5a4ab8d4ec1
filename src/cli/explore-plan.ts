import type { AnyConfiguration } from '../../spec/alphabet.ts';
import type { Value } from '../../spec/domain.ts';
import type { SystemSpec } from '../../spec/system.ts';
import type { ExploreOptions } from '../engine/explore/explore.ts';
import { fixedOf } from './check-plan.ts';
import type { ExploreCommandOptions } from './options.ts';
import { loadExplorable, type Explorable } from './registry/explorations.ts';
import { loadFaults } from './registry/faults.ts';
import { unknownName } from './unknown-name.ts';
import { UsageError } from './usage-error.ts';

/** What one run of `virq explore` explores. */
export type ExplorePlan = Pick<ExploreOptions, 'exploration' | 'config' | 'name' | 'model' | 'machine'>;

/** Whom to explore, and parameters that show what is wrong with it. */
interface Explored extends Pick<ExploreOptions, 'model' | 'machine'> {
  readonly config?: Partial<AnyConfiguration>;
}

const faultPrefix = 'fault:';

/** Plans a run. Throws a `UsageError` for whatever is wrong with the command line. */
export async function explorePlanOf(system: string, options: ExploreCommandOptions): Promise<ExplorePlan> {
  const explorable = await loadExplorable(system);
  const { exploration } = explorable;
  const { spec, profile } = exploration;
  const asked = [...options.config, ...(options.posters === undefined ? [] : [`posters=${options.posters}`])];
  const fixed = fixedOf(spec, asked);
  const { config: preset = {}, ...explored } = await exploredBy(system, options.impl, explorable);
  const preferred = Object.entries(preset).map(([key, value]) => [key, [value as Value]]);
  const config = configurationOf(spec, profile, { ...Object.fromEntries(preferred), ...fixed });
  return { exploration, config, name: options.impl, ...explored };
}

async function exploredBy(system: string, name: string, { optimized }: Explorable): Promise<Explored> {
  if (name === 'optimized') return { machine: (config) => optimized(config as never) };
  if (name === 'reference') return {};
  const faults = await loadFaults(system);
  const models = faults.filter(({ model }) => model !== undefined);
  const fault = models.find(({ id }) => faultPrefix + id === name);
  if (fault !== undefined) return { model: fault.model!, ...(fault.config && { config: fault.config }) };
  if (faults.some(({ id }) => faultPrefix + id === name)) {
    throw new UsageError(`${name} is no model, and cannot be explored`, 'A faulty model can: virq list --faults.');
  }
  throw unknownName('model to explore', name, ['optimized', 'reference', ...models.map(({ id }) => faultPrefix + id)]);
}

/** The parameters that are fixed, and of the others the first value that the profile leaves. */
function configurationOf(
  spec: SystemSpec,
  profile: string,
  fixed: Readonly<Record<string, readonly Value[]>>,
): AnyConfiguration {
  const { limits } = spec.profiles[profile]!;
  const config: Record<string, Value> = {};
  for (const [key, { values }] of Object.entries(spec.configuration)) {
    const left = limits[key] ?? values;
    const [value = left[0]!] = fixed[key] ?? [];
    if (!left.includes(value)) {
      throw new UsageError(
        `profile ${profile} does not have ${key}=${String(value)}`,
        `It has: ${left.map(String).join(', ')}.`,
      );
    }
    config[key] = value;
  }
  if (!spec.admits(config)) throw new UsageError('these parameters do not fit together', 'See virq list.');
  return config;
}
