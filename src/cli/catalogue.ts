import type { Fault } from '../../faults/fault.ts';
import type { Clause } from '../../spec/clause.ts';
import { reporters } from '../report/reporters.ts';
import { adapterNames, loadAdapter } from './registry/adapters.ts';
import { loadFaults } from './registry/faults.ts';
import { loadSystem } from './registry/systems.ts';

/** Everything that there is in one system. */
export interface CatalogueSystem {
  readonly name: string;
  readonly title: string;
  readonly seed: string;
  /** By name, what each is for; the first is the default. */
  readonly profiles: Readonly<Record<string, string>>;
  readonly clauses: readonly Clause[];
  readonly properties: readonly {
    readonly id: string;
    readonly kind: string;
    readonly claim: string;
    readonly judges: readonly string[];
  }[];
  readonly faults: readonly Pick<Fault, 'id' | 'wrong' | 'breaks' | 'seen'>[];
}

/** An adapter, with the profiles that it plays by system. */
export interface CatalogueAdapter {
  readonly name: string;
  readonly systems: Readonly<Record<string, readonly string[]>>;
}

/** Everything that the suite brings. */
export interface Catalogue {
  readonly systems: readonly CatalogueSystem[];
  readonly adapters: readonly CatalogueAdapter[];
  /** Reporters by name, with what they are for. */
  readonly reporters: Readonly<Record<string, string>>;
}

/** Collects what there is in the given systems. Throws a `UsageError` for an unknown one. */
export async function catalogue(systems: readonly string[]): Promise<Catalogue> {
  const adapters = await Promise.all(adapterNames.map(loadAdapter));
  return {
    systems: await Promise.all(systems.map(systemOf)),
    adapters: adapters
      .map(({ name, systems: brought }) => ({
        name,
        systems: Object.fromEntries(Object.entries(brought).map(([system, { profiles }]) => [system, profiles])),
      }))
      .filter((adapter) => systems.some((system) => system in adapter.systems)),
    reporters: Object.fromEntries(Object.entries(reporters).map(([name, { doc }]) => [name, doc])),
  };
}

async function systemOf(name: string): Promise<CatalogueSystem> {
  const { spec, properties } = await loadSystem(name);
  const faults = await loadFaults(name);
  return {
    name: spec.name,
    title: spec.title,
    seed: spec.seed,
    profiles: Object.fromEntries(Object.entries(spec.profiles).map(([profile, { doc }]) => [profile, doc])),
    clauses: Object.values(spec.clauses),
    properties: properties.map(({ id, kind, claim, judges }) => ({ id, kind, claim, judges })),
    faults: faults.map(({ id, wrong, breaks, seen }) => ({ id, wrong, breaks, seen })),
  };
}
