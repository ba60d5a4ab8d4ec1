import type { AnyConfiguration } from '../../../spec/alphabet.ts';
import { mix } from '../../../src/engine/random.ts';
import type { Scope } from '../../../src/engine/scope.ts';
import { SequenceGenerator } from '../../../src/engine/sequence-generator.ts';
import { packing, type Comparison, type Policy } from './comparison.ts';
import { shorten } from './shorten.ts';
import type { Finding, Tally } from './tally.ts';

/** A policy and what compares it. */
export interface Compared {
  readonly policy: Policy;
  readonly comparison: Comparison;
}

/** Sequences that are played before the event loop has its turn. */
const batch = 64;

/** Entries before each event, where it has to be seen which delivery is cut short: no guest notices them. */
const entries = 3;
const enter = packing.code({ kind: 'enter' });

/** Longer sequences say nothing that these do not. */
const longest = 60;

/** What random sequences came to. */
export interface Tried {
  readonly sequences: number;
  readonly steps: number;
  readonly isInterrupted: boolean;
}

/**
 * Plays random sequences of the project's guide, in all configurations. A difference is shortened where its class has
 * none yet, or none that is as short: the guide finds what no small scope has.
 */
export async function searchAtRandom(
  scope: Scope,
  { runs, seed }: { readonly runs: number; readonly seed: number },
  comparisons: readonly Compared[],
  tally: Tally,
  around: { rest(): Promise<boolean>; played(sequences: number): void },
): Promise<Tried> {
  const generator = new SequenceGenerator(scope);
  let steps = 0;
  for (let run = 0; run < runs; run++) {
    if (run % batch === 0) {
      around.played(run);
      if (await around.rest()) return { sequences: run, steps, isInterrupted: true };
    }
    const { config, codes } = generator.generate(mix(seed), run);
    const length = Math.min(codes.length, longest);
    for (const { policy, comparison } of comparisons) {
      comparison.play(config, codes, length);
      steps += 2 * comparison.length;
      let played: ArrayLike<number> = codes.subarray(0, length);
      if (comparison.judged.some(({ name }) => name === 'unclear')) {
        played = withEntries(played);
        comparison.play(config, played);
        steps += 2 * comparison.length;
      }
      tally.count(policy, comparison, 'random');
      const last = comparison.judged.at(-1);
      if (last === undefined || !last.differs) continue;
      const found = tally.at(policy, last.name, last.broken);
      if (found.witness === undefined) keep(found, comparison, config, played);
    }
  }
  around.played(runs);
  return { sequences: runs, steps, isInterrupted: false };
}

function keep(found: Finding, comparison: Comparison, config: AnyConfiguration, codes: ArrayLike<number>): void {
  found.witness = shorten(comparison, { config, codes: Uint16Array.from(codes) }, found);
}

const withEntries = (codes: ArrayLike<number>): Uint16Array =>
  Uint16Array.from(Array.from(codes).flatMap((code) => [...Array<number>(entries).fill(enter), code]));
