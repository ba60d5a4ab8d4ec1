import type { SystemSpec } from '../../spec/system.ts';

/**
 * The clause that stands for disagreement on whether an event's precondition holds, which the clauses of a system take
 * for granted.
 */
export const preconditionClause = (system: string): string => `${system}/precondition`;

/**
 * The ids of the clauses that a difference may be laid to, the likeliest first as far as one step can tell: those that
 * decided the step and are seen in the first word that differs, or the next, and so on, then in the section of one; among
 * equals the one cited last. Observations begin with what the event itself returned and end with what follows from it,
 * hence the first word. Ambient clauses come after all others. Where no clause that decided the step is seen there, any
 * that decided it; where none did, the first of the system that is seen there.
 *
 * @param cited names of the clauses that decided the step, in the order of citing
 * @param places the words that differ, as `section.field`, in the order of the observation
 */
export function suspects(spec: SystemSpec, cited: readonly string[], places: readonly string[]): readonly string[] {
  const { clauses } = spec;
  const testable = (name: string): boolean => clauses[name].keyword !== 'undefined';
  const seenIn = [...new Set([...places, ...places.map((place) => place.slice(0, place.indexOf('.')))])];
  const seen = (names: readonly string[]): readonly string[] =>
    seenIn.flatMap((place) => names.filter((name) => clauses[name].seenBy.includes(place)));
  const deciding = cited.filter(testable).toReversed();
  const special = deciding.filter((name) => clauses[name].ambient !== true);
  const found = [...seen(special), ...seen(deciding)];
  const names =
    found.length > 0 ? found : deciding.length > 0 ? deciding : seen(Object.keys(clauses).filter(testable)).slice(0, 1);
  const ids = [...new Set(names)].map((name) => clauses[name].id);
  return ids.length > 0 ? ids : [preconditionClause(spec.name)];
}
