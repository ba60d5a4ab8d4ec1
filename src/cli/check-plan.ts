import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Value } from '../../spec/domain.ts';
import type { SystemSpec } from '../../spec/system.ts';
import type { KnownDeviation } from '../engine/baseline.ts';
import { readStored } from './case-files.ts';
import type { CheckOptions } from './options.ts';
import { packageRoot } from './package-root.ts';
import { chooseImplementation, type Chosen } from './registry/implementations.ts';
import { loadSpec, loadSpecs, systemNames } from './registry/systems.ts';
import { unknownName } from './unknown-name.ts';
import { UsageError } from './usage-error.ts';

/** What one run of `virq check` does; everything that can be wrong with the command line has been found by then. */
export interface Plan {
  readonly chosen: Chosen;
  readonly systems: readonly SystemPlan[];
  readonly baseline: readonly KnownDeviation[];
  readonly seed: number;
  readonly runs?: number;
  /** Seconds of search per system. */
  readonly seconds?: number;
}

/** What is checked of one system. */
export interface SystemPlan {
  readonly spec: SystemSpec;
  readonly profile: string;
  /** Parameters of the configuration that are fixed. */
  readonly fixed: Readonly<Record<string, readonly Value[]>>;
}

/** Seconds of search that a run has in all, and each system at the least, where the command line says nothing. */
const budget = { all: 15, each: 3 };

/** Plans a run. Throws a `UsageError` for whatever is wrong with the command line. */
export async function planOf(names: readonly string[], options: CheckOptions): Promise<Plan> {
  for (const name of names) if (!systemNames.includes(name)) throw unknownName('system', name, systemNames);
  const chosen = await chooseImplementation(options.impl);
  const absent = names.find((name) => !chosen.systems.includes(name));
  if (absent !== undefined) {
    throw new UsageError(`${chosen.name} has nothing for ${absent}`, `It brings: ${chosen.systems.join(', ')}.`);
  }
  const specs = await Promise.all([...new Set(names.length > 0 ? names : chosen.systems)].map(loadSpec));
  const systems = plansOf(specs, chosen, options);
  const seconds = options.time ?? (options.runs === undefined ? shareOf(systems.length) : undefined);
  return {
    chosen,
    systems,
    baseline: await baselineOf(chosen, options),
    seed: options.seed ?? Math.floor(Math.random() * 2 ** 32),
    ...(options.runs !== undefined && { runs: options.runs }),
    ...(seconds !== undefined && { seconds }),
  };
}

const shareOf = (systems: number): number => Math.max(budget.each, budget.all / systems);

/** The systems that have the profile that is asked for, and the parameters that are fixed. */
function plansOf(specs: readonly SystemSpec[], chosen: Chosen, { profile, config }: CheckOptions): SystemPlan[] {
  const fitting = specs.filter((spec) => profile === undefined || profile in spec.profiles);
  if (profile !== undefined && fitting.length === 0) {
    throw unknownName('profile', profile, [...new Set(specs.flatMap((spec) => Object.keys(spec.profiles)))]);
  }
  const plans = fitting.map((spec) => ({ spec, fixed: { ...presetOf(chosen), ...fixedOf(spec, config) } }));
  return plans.map(({ spec, fixed }) => {
    const own = chosen.profiles(spec.name)?.[0] ?? Object.keys(spec.profiles)[0]!;
    return { spec, fixed, profile: profile ?? own };
  });
}

/** A fault brings the parameters with which it shows. */
const presetOf = ({ config = {} }: Chosen): SystemPlan['fixed'] =>
  Object.fromEntries(Object.entries(config).map(([key, value]) => [key, [value as Value]]));

/** Reads `key=value` by the declared values of a system. Throws a `UsageError`. */
export function fixedOf(spec: SystemSpec, config: readonly string[]): SystemPlan['fixed'] {
  const fixed: Record<string, readonly Value[]> = {};
  for (const text of config) {
    const [key = '', value] = text.split('=', 2);
    if (value === undefined) throw new UsageError(`--config ${text}: it must have the form key=value`);
    const domain = Object.hasOwn(spec.configuration, key) ? spec.configuration[key] : undefined;
    if (!domain) throw unknownName(`parameter of ${spec.name}`, key, Object.keys(spec.configuration));
    const found = domain.values.find((known) => String(known) === value);
    if (found === undefined) {
      throw new UsageError(`${key} cannot be '${value}'`, `It is one of: ${domain.values.map(String).join(', ')}.`);
    }
    fixed[key] = [found];
  }
  return fixed;
}

/** The known deviations that the command line names, else those that come with the implementation. */
export async function baselineOf(
  chosen: Chosen,
  { baseline }: Pick<CheckOptions, 'baseline'>,
): Promise<readonly KnownDeviation[]> {
  const file = baseline ?? (chosen.baseline === undefined ? undefined : sourceOf(fileURLToPath(chosen.baseline)));
  if (file === undefined) return [];
  const { readBaseline } = await import('../engine/baseline.ts');
  const specs = await loadSpecs();
  return readStored(file, (text) => readBaseline(text, specs));
}

/** Data of the adapters is not built: from `dist`, it is found in the folder that was built. */
function sourceOf(file: string): string {
  const root = packageRoot();
  const built = relative(join(root, 'dist'), file);
  return built.startsWith('..') ? file : join(root, built);
}
