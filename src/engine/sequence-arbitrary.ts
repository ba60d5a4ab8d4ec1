import fc from 'fast-check';
import type { Scope } from './scope.ts';
import type { Sequence } from './sequence.ts';
import { SequenceGenerator } from './sequence-generator.ts';
import { shrinkCandidates, type ShrinkPoint } from './shrink-candidates.ts';

const start: ShrinkPoint = { phase: 0, at: 0 };

/** The one arbitrary of all systems: random sequences of a scope, and everything smaller than a given sequence. */
export class SequenceArbitrary extends fc.Arbitrary<Sequence> {
  readonly scope: Scope;
  private readonly generator: SequenceGenerator;

  constructor(scope: Scope) {
    super();
    this.scope = scope;
    this.generator = new SequenceGenerator(scope);
  }

  /** Takes two numbers from fast-check's generator; fast-check's bias is ignored, swarms and guides shape sequences. */
  generate(mrng: fc.Random, _biasFactor: number | undefined): fc.Value<Sequence> {
    return new fc.Value(this.generator.generate(mrng.nextInt(), mrng.nextInt()), undefined);
  }

  /** Every sequence of the system can be shrunk, wherever it comes from. */
  canShrinkWithoutContext(value: unknown): value is Sequence {
    if (typeof value !== 'object' || value === null) return false;
    const { config, codes } = value as Partial<Sequence>;
    if (!(codes instanceof Uint16Array) || typeof config !== 'object') return false;
    return this.scope.space.has(config) && codes.every((code) => code < this.scope.packing.size);
  }

  shrink(value: Sequence, context?: unknown): fc.Stream<fc.Value<Sequence>> {
    const from = (context as ShrinkPoint | undefined) ?? start;
    const candidates = shrinkCandidates(this.scope, value, from);
    return fc.stream(values(candidates));
  }
}

function* values(candidates: ReturnType<typeof shrinkCandidates>): IterableIterator<fc.Value<Sequence>> {
  for (const { sequence, point } of candidates) yield new fc.Value(sequence, point);
}
