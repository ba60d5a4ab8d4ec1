import fc from 'fast-check';
import type { Scope } from './scope.ts';
import { SequenceArbitrary } from './sequence-arbitrary.ts';
import type { Sequence } from './sequence.ts';

/** A shrunk sequence and what it took. */
export interface Shrunk {
  readonly sequence: Sequence;
  /** Sequences that were tried. */
  readonly runs: number;
}

/**
 * Shrinks a failing sequence until nothing smaller fails: no event and no pair of events can be removed, no argument
 * and no parameter lowered. `fails` says whether a sequence fails in the same way; what it throws ends the shrinking.
 */
export async function shrinkSequence(
  scope: Scope,
  start: Sequence,
  fails: (sequence: Sequence) => boolean | Promise<boolean>,
): Promise<Shrunk> {
  const tried = new Map<string, boolean>();
  let runs = 0;
  let broken: { readonly cause: unknown } | undefined;
  const property = fc.asyncProperty(new SequenceArbitrary(scope), async (sequence) => {
    if (broken !== undefined) return true;
    const key = `${JSON.stringify(sequence.config)}${sequence.codes.join()}`;
    const known = tried.get(key);
    if (known !== undefined) return !known;
    runs++;
    try {
      const failed = await fails(sequence);
      tried.set(key, failed);
      return !failed;
    } catch (cause) {
      // Thrown inside a property, it would count as a failure of the sequence.
      broken = { cause };
      return true;
    }
  });
  const details = await fc.check(property, { examples: [[start]], numRuns: 1, seed: 0 });
  if (broken !== undefined) throw broken.cause;
  return { sequence: details.counterexample?.[0] ?? start, runs };
}
