import type { AnyConfiguration } from '../../../spec/alphabet.ts';
import { otherClasses } from './attribution.ts';
import { packing, type Comparison, type Policy } from './comparison.ts';
import type { Tally } from './tally.ts';
import type { ClassScope } from './class-scope.ts';

/** What one search of a small scope came to. */
export interface Searched {
  readonly depth: number;
  readonly sequences: number;
  readonly isInterrupted: boolean;
}

/** What the search asks of its surroundings. */
export interface Surroundings {
  /** Whether to stop. */
  rest(): Promise<boolean>;
  played(sequences: number): void;
}

/** Sequences that are played before the event loop has its turn. */
const batch = 512;

/** Events that change nothing but what is to come: two of them that stand side by side may change places. */
const commuting: readonly string[] = ['obstruct', 'external', 'nmi', 'machineCheck'];

/** Whether the order of two events does not matter, and the other order is the one that is played. */
function isOtherOrder(code: number, next: number): boolean {
  const place = commuting.indexOf(packing.kinds[packing.kind[code]!]!);
  const nextPlace = commuting.indexOf(packing.kinds[packing.kind[next]!]!);
  return nextPlace >= 0 && place > nextPlace;
}

/**
 * Plays all sequences of up to `depth` events of a class's scope, the shortest first: the first difference is one of the
 * shortest. Left out are sequences with an event that is skipped, and all that begin with one that has made a difference:
 * their shorter part says the same. Ends at the first difference
 * that is one of the class, if such a one is sought; then one event more is allowed.
 */
export async function searchExhaustively(
  name: string,
  { alphabet, configurations: all }: ClassScope,
  { depth, isSought }: { readonly depth: number; readonly isSought: boolean },
  comparisons: readonly { readonly policy: Policy; readonly comparison: Comparison }[],
  tally: Tally,
  around: Surroundings,
): Promise<Searched> {
  // A sequence that shows a difference needs no other configuration.
  const configurations = isSought ? all.slice(0, 1) : all;
  const codes = alphabet.map((event) => packing.code(event));
  let sequences = 0;
  let deepest = 0;
  let isFound = false;
  for (const [place, config] of configurations.entries()) {
    const limit = isSought ? depth + 1 : place === 0 ? depth : depth - 1;
    let level: Uint16Array[] = [new Uint16Array(0)];
    for (let length = 1; length <= limit && level.length > 0; length++) {
      const next: Uint16Array[] = [];
      for (const prefix of level) {
        for (const code of codes) {
          if (length > 1 && isOtherOrder(prefix[length - 2]!, code)) continue;
          const sequence = new Uint16Array(length);
          sequence.set(prefix);
          sequence[length - 1] = code;
          if (++sequences % batch === 0) {
            around.played(sequences);
            if (await around.rest()) return { depth: deepest, sequences, isInterrupted: true };
          }
          let isOver = true;
          for (const { policy, comparison } of comparisons) {
            const differs = comparison.play(config, sequence);
            if (comparison.length < length || comparison.isLastSkipped) continue;
            tally.count(policy, comparison, 'exhaustive', name);
            if (!differs) isOver = false;
            else if (keep(policy, comparison, config, sequence, name, tally)) isFound = true;
          }
          if (isFound && isSought) {
            around.played(sequences);
            return { depth: length, sequences, isInterrupted: false };
          }
          if (!isOver && length < limit) next.push(sequence);
        }
      }
      if (place === 0) deepest = length;
      level = next;
    }
  }
  around.played(sequences);
  return { depth: deepest, sequences, isInterrupted: false };
}

/** Keeps the first sequence that shows a difference; whether it is one of the class, and its condition holds. */
function keep(
  policy: Policy,
  { judged }: Comparison,
  config: AnyConfiguration,
  codes: Uint16Array,
  name: string,
  tally: Tally,
): boolean {
  const last = judged.at(-1)!;
  // Other classes have their own search.
  if (last.name !== name && !(last.name in otherClasses)) return false;
  const found = tally.at(policy, last.name, last.broken);
  if (found.witness === undefined || found.witness.codes.length > codes.length) found.witness = { config, codes };
  return last.name === name && last.broken === '' && policy === 'drop';
}
