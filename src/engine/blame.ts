import type { SystemSpec } from '../../spec/system.ts';

/**
 * The clause that stands for disagreement on whether an event's precondition holds, which the clauses of a system take
 * for granted.
 */
export const preconditionClause = (system: string): string => `${system}/precondition`;

/**
 * The id of the clause that a difference is laid to. Of the clauses that decided the step, the one that is seen in the
 * most words that differ, by field; if none is, one that is seen in the section; else any of them; and among equals the
 * one cited last. Where nothing was cited, the first clause of the system that is seen there.
 *
 * @param cited names of the clauses that decided the step, in the order of citing
 * @param signature the words that differ, as `section.field`
 */
export function blame(spec: SystemSpec, cited: readonly string[], signature: readonly string[]): string {
  const testable = (name: string): boolean => spec.clauses[name].keyword !== 'undefined';
  const sections = new Set(signature.map((place) => place.slice(0, place.indexOf('.'))));
  const fields = (name: string): number =>
    spec.clauses[name].seenBy.filter((place) => signature.includes(place)).length;
  const bySection = (name: string): boolean => spec.clauses[name].seenBy.some((place) => sections.has(place));
  const deciding = cited.filter(testable);
  const most = Math.max(1, ...deciding.map(fields));
  const all = Object.keys(spec.clauses).filter(testable);
  const name =
    deciding.findLast((one) => fields(one) === most) ??
    deciding.findLast(bySection) ??
    deciding.at(-1) ??
    all.find((one) => fields(one) > 0) ??
    all.find(bySection);
  return name === undefined ? preconditionClause(spec.name) : spec.clauses[name].id;
}
