import type { SystemSpec } from '../../spec/system.ts';

/**
 * The clause that stands for disagreement on whether an event's precondition holds, which the clauses of a system take
 * for granted.
 */
export const preconditionClause = (system: string): string => `${system}/precondition`;

/**
 * The id of the clause that a difference is laid to: one that decided the step and is seen in the first word that
 * differs, or the next, and so on; else in the section of one; else any that decided the step; and among equals the one
 * cited last. Ambient clauses come after all others. Where nothing was cited, the first clause of the system that is seen there. Observations begin with what
 * the event itself returned and end with what follows from it, hence the first word.
 *
 * @param cited names of the clauses that decided the step, in the order of citing
 * @param places the words that differ, as `section.field`, in the order of the observation
 */
export function blame(spec: SystemSpec, cited: readonly string[], places: readonly string[]): string {
  const testable = (name: string): boolean => spec.clauses[name].keyword !== 'undefined';
  const sees =
    (place: string) =>
    (name: string): boolean =>
      spec.clauses[name].seenBy.includes(place);
  const all = Object.keys(spec.clauses).filter(testable).toReversed();
  const seenIn = [...places, ...places.map((place) => place.slice(0, place.indexOf('.')))];
  const lastSeen = (names: readonly string[]): string | undefined => {
    for (const place of seenIn) {
      const name = names.findLast(sees(place));
      if (name !== undefined) return name;
    }
    return undefined;
  };
  const deciding = cited.filter(testable);
  const special = deciding.filter((name) => spec.clauses[name].ambient !== true);
  const name = lastSeen(special) ?? lastSeen(deciding) ?? deciding.at(-1) ?? lastSeen(all);
  return name === undefined ? preconditionClause(spec.name) : spec.clauses[name].id;
}
