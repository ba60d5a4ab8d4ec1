import { AdapterError } from '../../spec/contract.ts';
import type { Bench, Judged } from './bench.ts';
import type { Finding } from './finding.ts';
import { refinementOnly } from './load.ts';
import type { Scope } from './scope.ts';
import { SequenceGenerator } from './sequence-generator.ts';
import type { Sequence } from './sequence.ts';

/** What the suspicion of an ambient clause counts, beside that of others. */
const ambience = 0.7;

/** Sequences that are played to tell suspects apart, and seconds that it may take. */
const sample = { sequences: 256, seconds: 2 } as const;

const always = (): boolean => true;

/**
 * How often each clause decided a step that agreed, and how often it was suspected in one that did not: the broken clause
 * is the one that goes with failing (Ochiai's measure). One step cites a dozen clauses, and mostly shows some of them
 * to be innocent only beside other steps.
 */
export class Spectrum {
  /** By clause id. */
  private readonly passed: ReadonlyMap<string, number>;
  private readonly failed: ReadonlyMap<string, number>;
  private readonly ambient: ReadonlySet<string>;

  constructor(passed: ReadonlyMap<string, number>, failed: ReadonlyMap<string, number>, ambient: ReadonlySet<string>) {
    this.passed = passed;
    this.failed = failed;
    this.ambient = ambient;
  }

  /** The clause that a finding is most likely about; among equals the one that the finding itself puts first. */
  broken({ clause, suspects = [clause] }: Finding): string {
    let worst = suspects[0];
    for (const id of suspects) if (this.suspicion(id) > this.suspicion(worst)) worst = id;
    return worst;
  }

  /** The finding itself counts as one more failure of each of its suspects. An ambient clause has to stand out. */
  private suspicion(id: string): number {
    const failed = (this.failed.get(id) ?? 0) + 1;
    return (failed / Math.sqrt(failed + (this.passed.get(id) ?? 0))) * (this.ambient.has(id) ? ambience : 1);
  }
}

const spectra = new WeakMap<Bench, Promise<Spectrum>>();

/** The spectrum of the implementation of a bench: always from the same sequences, played once per bench. */
export function spectrumOf(scope: Scope, bench: Bench): Promise<Spectrum> {
  let spectrum = spectra.get(bench);
  if (spectrum === undefined) spectra.set(bench, (spectrum = play(scope, bench)));
  return spectrum;
}

/** `undefined` where the implementation breaks down: what was found so far is to be told all the same. */
async function judge(bench: Bench, sequences: readonly Sequence[]): Promise<readonly Judged[] | undefined> {
  try {
    return await bench.judge(
      sequences,
      sequences.map(() => refinementOnly),
      always,
    );
  } catch (cause) {
    if (cause instanceof AdapterError) return undefined;
    throw cause;
  }
}

async function play(scope: Scope, bench: Bench): Promise<Spectrum> {
  const generator = new SequenceGenerator(scope);
  const ids = Object.values(scope.system.spec.clauses);
  const counts = (): readonly number[] => ids.map(({ name }) => bench.citations.count(name));
  const before = counts();
  const failed = new Map<string, number>();
  const end = performance.now() + sample.seconds * 1000;
  for (let n = 0; n < sample.sequences && performance.now() < end; n += bench.batch) {
    const size = Math.min(bench.batch, sample.sequences - n);
    const sequences = Array.from({ length: size }, (_, i) => generator.generate(n + i, sample.sequences));
    const judged = await judge(bench, sequences);
    if (judged === undefined) break;
    for (const { finding } of judged) {
      for (const id of finding?.suspects ?? []) failed.set(id, (failed.get(id) ?? 0) + 1);
    }
  }
  const after = counts();
  const passed = new Map(ids.map(({ id }, i) => [id, after[i] - before[i]]));
  return new Spectrum(passed, failed, new Set(ids.flatMap(({ id, ambient }) => (ambient ? [id] : []))));
}
