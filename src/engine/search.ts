import fc from 'fast-check';
import type { DataBench, WordBench } from './bench.ts';
import type { CampaignOptions } from './campaign-options.ts';
import type { Failure } from './counterexample-of.ts';
import type { IsNews } from './judgement.ts';
import { fullLoad, refinementOnly, variantCount, type Load } from './load.ts';
import type { Property } from './property.ts';
import { mix } from './random.ts';
import type { Scope } from './scope.ts';
import { SequenceArbitrary } from './sequence-arbitrary.ts';

/** A random search: what it plays, and how it is steered. */
export interface Search {
  readonly options: CampaignOptions;
  readonly scope: Scope;
  /** Sequences, of all workers together; may be infinite. */
  readonly runs: number;
  readonly properties: readonly Property[];
  readonly isNews: IsNews;
  /** Failures that are still wanted. */
  wanted(): number;
  /** Told how many sequences were played. */
  count(sequences: number): void;
  /** Whether time is up. */
  over(): Promise<boolean>;
}

/** Sequences per chunk, unless the options say otherwise. */
const defaultChunk = 256;

interface Chunk {
  readonly seed: number;
  readonly size: number;
  /** Index of its first sequence, over all chunks of the seed. */
  readonly first: number;
}

/**
 * The chunks of a search, one seed each: what a time limit cuts off, or another worker plays, changes nothing about the
 * others.
 */
function* chunksOf({ options, runs }: Search): Iterable<Chunk> {
  const { seed, chunk: most = defaultChunk, worker = { index: 0, of: 1 } } = options;
  for (let n = worker.index; n * most < runs; n += worker.of) {
    yield { seed: mix(mix(seed) + n), size: Math.min(most, runs - n * most), first: n * most };
  }
}

/** What the sequence at an index is judged by: all laws now and then, all equivalences more rarely. */
function loadsOf({ options, properties }: Search): (index: number) => Load {
  const { lawShare = 8, equivalenceShare = 16 } = options;
  const { laws, equivalences } = fullLoad(properties);
  const due = (share: number, index: number): boolean => share > 0 && index % share === 0;
  return (index) => {
    const withLaws = laws.length > 0 && due(lawShare, index);
    const withEquivalences = equivalences.length > 0 && due(equivalenceShare, index);
    if (!withLaws && !withEquivalences) return refinementOnly;
    return {
      laws: withLaws ? laws : [],
      equivalences: withEquivalences ? equivalences : [],
      variants: [Math.floor(index / equivalenceShare) % variantCount],
    };
  };
}

/** Searches an implementation in this process; gives the failures chunk by chunk. */
export async function* searchWords(search: Search, bench: WordBench): AsyncGenerator<readonly Failure[]> {
  const arbitrary = new SequenceArbitrary(search.scope);
  const loadAt = loadsOf(search);
  for (const { seed, size, first } of chunksOf(search)) {
    let played = 0;
    while (played < size) {
      if (await search.over()) return;
      const failures = new Map<string, Failure>();
      const wanted = search.wanted();
      const before = played;
      let broken: { readonly cause: unknown } | undefined;
      const property = fc.property(arbitrary, (sequence) => {
        try {
          const finding = bench.judgeNow(sequence, loadAt(first + played++), search.isNews);
          if (finding === undefined || failures.has(finding.clause)) return true;
          failures.set(finding.clause, { sequence, finding, foundAfter: first + played });
          return failures.size < wanted;
        } catch (cause) {
          broken = { cause };
          return false;
        }
      });
      // A failure that is known after all does not end the chunk: it goes on with the sequence after it.
      const path = before === 0 ? '' : String(before);
      fc.check(property, { seed, path, numRuns: size - before, endOnFailure: true });
      search.count(played - before);
      if (failures.size > 0) yield [...failures.values()];
      if (broken !== undefined) throw broken.cause;
    }
  }
}

/** Searches an implementation that speaks data, in batches of the size that it likes; gives the failures batch by batch. */
export async function* searchData(search: Search, bench: DataBench): AsyncGenerator<readonly Failure[]> {
  const arbitrary = new SequenceArbitrary(search.scope);
  const loadAt = loadsOf(search);
  for (const { seed, size, first } of chunksOf(search)) {
    const sequences = fc.sample(arbitrary, { seed, numRuns: size });
    for (let from = 0; from < sequences.length; from += bench.batch) {
      if (await search.over()) return;
      const batch = sequences.slice(from, from + bench.batch);
      const judged = await bench.judge(
        batch,
        batch.map((_, i) => loadAt(first + from + i)),
        search.isNews,
      );
      search.count(batch.length);
      const failures = new Map<string, Failure>();
      judged.forEach(({ finding, play }, i) => {
        if (finding === undefined || failures.has(finding.clause)) return;
        failures.set(finding.clause, {
          sequence: batch[i],
          finding,
          foundAfter: first + from + i + 1,
          ...(play && { play }),
        });
      });
      if (failures.size > 0) yield [...failures.values()];
    }
  }
}
