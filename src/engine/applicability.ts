import type { Clause } from '../../spec/clause.ts';
import type { Capabilities } from '../../spec/contract.ts';
import { Citations } from './citations.ts';
import { mix } from './random.ts';
import { everything, scopeOf, type Scope } from './scope.ts';
import { SequenceGenerator } from './sequence-generator.ts';
import { Walk } from './walk.ts';

/** Sequences that the model plays alone to find the events that a clause needs. */
const surveyed = 400;

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
 * Those of the given clauses that only events decide which the implementation lacks, by id, with the reason. The model
 * plays random sequences of the whole profile and tells which events cite which clause.
 */
export function unplayable(
  scope: Scope,
  capabilities: Capabilities,
  clauses: readonly Clause[],
): Readonly<Record<string, string>> {
  const { system, profile } = scope;
  const lacks = new Set(capabilities.lacks);
  if (lacks.size === 0 || clauses.length === 0) return {};
  const whole = scopeOf(system, profile, { ...everything(system), ...capabilities, lacks: [] });
  const citations = new Citations(system.spec);
  const walk = new Walk(system, system.model(citations.cite), citations, whole.shows);
  const generator = new SequenceGenerator(whole);
  const citedBy = new Map<string, Set<string>>();
  for (let i = 0; i < surveyed; i++) {
    const { config, codes } = generator.generate(mix(i), i);
    walk.begin(config);
    for (const code of codes) {
      const event = whole.packing.events[code];
      walk.propose(event);
      for (const name of citations.current()) citedBy.set(name, (citedBy.get(name) ?? new Set()).add(event.kind));
      if (walk.applies === 'always') walk.follow();
      if (walk.lost) break;
    }
  }
  return Object.fromEntries(
    clauses.flatMap(({ id, name }) => {
      const kinds = [...(citedBy.get(name) ?? [])];
      return kinds.length > 0 && kinds.every((kind) => lacks.has(kind))
        ? [[id, `needs events that are lacking: ${kinds.join(', ')}`]]
        : [];
    }),
  );
}
