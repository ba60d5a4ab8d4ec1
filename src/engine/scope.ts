import { isTestable, type Clause } from '../../spec/clause.ts';
import type { AnyConfiguration, AnyEvent } from '../../spec/alphabet.ts';
import type { Capabilities } from '../../spec/contract.ts';
import type { Packing } from '../../spec/packing.ts';
import { ConfigurationSpace } from './configuration-space.ts';
import { packingOf } from './packing-of.ts';
import type { SystemUnderCheck } from './system-under-check.ts';

/** What of a system is played and judged: a profile, cut down to what an implementation can do. */
export interface Scope {
  readonly system: SystemUnderCheck;
  readonly packing: Packing;
  readonly profile: string;
  /** Numbers of the event kinds that are played, the most frequent first. */
  readonly kinds: readonly number[];
  readonly space: ConfigurationSpace;
  /** Sections that are compared. */
  readonly shows: ReadonlySet<string>;
  /** The testable clauses of the profile. */
  readonly clauses: readonly Clause[];
  /** What the implementation declares, for other profiles too. */
  readonly capabilities: Capabilities;
}

/** The capabilities of an implementation that can do everything. */
export const everything = ({ spec }: SystemUnderCheck): Capabilities => ({
  shows: Object.keys(spec.observation),
  profiles: Object.keys(spec.profiles),
});

/** The profile whose rules a configuration plays by. */
export function profileOf({ spec }: SystemUnderCheck, config: AnyConfiguration): string {
  const named = config['profile'];
  return typeof named === 'string' && named in spec.profiles ? named : Object.keys(spec.profiles)[0];
}

/** Cuts a system down to a profile and the capabilities of an implementation. */
export function scopeOf(system: SystemUnderCheck, profile: string, capabilities = everything(system)): Scope {
  const { spec } = system;
  const declared = spec.profiles[profile];
  if (declared === undefined) throw new RangeError(`${spec.name} has no profile '${profile}'`);
  const packing = packingOf(spec);
  const weight = (kind: number): number => spec.alphabet[packing.kinds[kind]].weight;
  const kinds = packing.kinds
    .map((name, kind) => ({ name, kind }))
    .filter(({ name }) => declared.actors.includes(spec.alphabet[name].by))
    .filter(({ name, kind }) => weight(kind) > 0 && !capabilities.lacks?.includes(name))
    .map(({ kind }) => kind)
    .toSorted((a, b) => weight(b) - weight(a));
  return {
    system,
    packing,
    profile,
    kinds,
    space: new ConfigurationSpace(spec, profile, capabilities.supports),
    shows: new Set(capabilities.shows),
    clauses: Object.values(spec.clauses).filter(
      (clause) => isTestable(clause) && (clause.profiles?.includes(profile) ?? true),
    ),
    capabilities,
  };
}

const neighbours = new WeakMap<Scope, Map<string, Scope>>();

/**
 * The scope whose rules a configuration plays by: the given one, or that of another profile of the same implementation;
 * `undefined` if it does not play that profile.
 */
export function scopeBeside(scope: Scope, config: AnyConfiguration): Scope | undefined {
  const profile = profileOf(scope.system, config);
  if (profile === scope.profile) return scope;
  if (!scope.capabilities.profiles.includes(profile)) return undefined;
  let known = neighbours.get(scope);
  if (known === undefined) neighbours.set(scope, (known = new Map<string, Scope>()));
  let beside = known.get(profile);
  if (beside === undefined) known.set(profile, (beside = scopeOf(scope.system, profile, scope.capabilities)));
  return beside;
}

/** Whether a stored sequence can be played in a scope. */
export function fits(scope: Scope, config: AnyConfiguration, events: readonly AnyEvent[]): boolean {
  const kinds = new Set(scope.kinds.map((kind) => scope.packing.kinds[kind]));
  return scope.space.has(config) && events.every(({ kind }) => kinds.has(kind));
}
