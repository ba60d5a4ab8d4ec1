import type { AnyConfiguration } from '../../spec/alphabet.ts';
import type { Clause } from '../../spec/clause.ts';
import type { Capabilities } from '../../spec/contract.ts';
import { Citations } from './citations.ts';
import { mix } from './random.ts';
import { scopeOf, type Scope } from './scope.ts';
import { SequenceGenerator } from './sequence-generator.ts';
import { Walk } from './walk.ts';

/** Sequences that the model plays alone to find what a clause needs. */
const surveyed = 1000;

/** Times at the least that a clause must have decided without the implementation: fewer may be chance. */
const telling = 8;

/** The clauses of a scope that cannot be judged because nothing that shows a breach is shown, by id, with the reason. */
export function unseen({ clauses, shows }: Scope): Readonly<Record<string, string>> {
  const sectionOf = (place: string): string => place.split('.')[0];
  const hidden = clauses.filter(
    ({ seenBy }) => seenBy.length > 0 && !seenBy.some((place) => shows.has(sectionOf(place))),
  );
  return Object.fromEntries(
    hidden.map(({ id, seenBy }) => [id, `not shown: ${[...new Set(seenBy.map(sectionOf))].join(', ')}`]),
  );
}

/**
 * Those of the given clauses that the implementation cannot be brought to, by id, with the reason: they are decided only
 * by events that it lacks, or only in configurations that it does not support; or they decide no step, and are judged
 * only by laws that look at what it does not show. The model plays random sequences of the whole profile, and tells
 * when each clause decides.
 */
export function unplayable(
  scope: Scope,
  capabilities: Capabilities,
  clauses: readonly Clause[],
): Readonly<Record<string, string>> {
  const { system, profile } = scope;
  const lacks = new Set(capabilities.lacks);
  const restricts = Object.keys(capabilities.supports ?? {}).length > 0;
  const whole = scopeOf(system, profile);
  const showsAll = [...whole.shows].every((section) => scope.shows.has(section));
  if ((lacks.size === 0 && !restricts && showsAll) || clauses.length === 0) return {};
  const citations = new Citations(system.spec);
  const walk = new Walk(system, system.model(citations.cite), citations, whole.shows);
  const generator = new SequenceGenerator(whole);
  const playable = new Set<string>();
  const needs = new Map<string, Set<string>>();
  const times = new Map<string, number>();
  for (let i = 0; i < surveyed; i++) {
    const { config, codes } = generator.generate(mix(i), i);
    const parameters = unsupported(config, capabilities);
    walk.begin(config);
    for (const code of codes) {
      const event = whole.packing.events[code];
      walk.propose(event);
      const missing = lacks.has(event.kind) ? [...parameters, `event ${event.kind}`] : parameters;
      for (const name of citations.current()) {
        times.set(name, (times.get(name) ?? 0) + 1);
        if (missing.length === 0) playable.add(name);
        else needs.set(name, new Set(missing.filter((one) => needs.get(name)?.has(one) ?? true)));
      }
      if (walk.applies === 'always') walk.follow();
      if (walk.lost) break;
    }
  }
  return Object.fromEntries(
    clauses.flatMap(({ id, name }) => {
      if (!times.has(name)) {
        const blind = unseenByLaws(scope, name);
        return blind.size === 0 ? [] : [[id, `judged by laws that look at: ${[...blind].join(', ')}`]];
      }
      const missing = needs.get(name);
      return missing === undefined || playable.has(name) || times.get(name)! < telling
        ? []
        : [[id, `needs what is not supported: ${[...missing].join(', ') || 'events and parameters'}`]];
    }),
  );
}

/** The sections without which no property of the profile judges the clause; empty if one does, or if there is none. */
function unseenByLaws({ system, profile, shows }: Scope, clause: string): ReadonlySet<string> {
  const missing = system.properties
    .filter(({ judges, profiles }) => judges.includes(clause) && (profiles?.includes(profile) ?? true))
    .map(({ needs }) => needs.filter((section) => !shows.has(section)));
  return new Set(missing.some((sections) => sections.length === 0) ? [] : missing.flat());
}

/** The parameters of a configuration that have values which an implementation does not support. */
const unsupported = (config: AnyConfiguration, { supports = {} }: Capabilities): readonly string[] =>
  Object.entries(supports)
    .filter(([name, values]) => !values.includes(config[name]))
    .map(([name]) => `${name} ${config[name]}`);
