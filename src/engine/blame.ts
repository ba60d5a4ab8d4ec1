import type { SystemSpec } from '../../spec/system.ts';

/**
 * The clause that stands for disagreement on whether an event's precondition holds, which the clauses of a system take
 * for granted.
 */
export const preconditionClause = (system: string): string => `${system}/precondition`;

/**
 * The id of the clause that a difference is laid to: one that decided the step and is seen in a word that differs, by
 * field rather than by section, the one cited last if there are several; else the one cited last; else, where nothing
 * was cited, the first clause that is seen there.
 *
 * @param cited names of the clauses that decided the step, in the order of citing
 * @param signature the words that differ, as `section.field`
 */
export function blame(spec: SystemSpec, cited: readonly string[], signature: readonly string[]): string {
  const testable = (name: string): boolean => spec.clauses[name]!.keyword !== 'undefined';
  const sections = new Set(signature.map((place) => place.slice(0, place.indexOf('.'))));
  const byField = (name: string): boolean => spec.clauses[name]!.seenBy.some((place) => signature.includes(place));
  const bySection = (name: string): boolean => spec.clauses[name]!.seenBy.some((place) => sections.has(place));
  const deciding = cited.filter(testable);
  const all = Object.keys(spec.clauses).filter(testable);
  const name =
    deciding.findLast(byField) ??
    deciding.findLast(bySection) ??
    deciding.at(-1) ??
    all.find(byField) ??
    all.find(bySection);
  return name === undefined ? preconditionClause(spec.name) : spec.clauses[name]!.id;
}
