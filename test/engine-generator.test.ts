import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everything, scopeOf, type Scope } from '../src/engine/scope.ts';
import type { Sequence } from '../src/engine/sequence.ts';
import { SequenceArbitrary } from '../src/engine/sequence-arbitrary.ts';
import type { Guide } from '../src/engine/system-under-check.ts';
import { toySystem } from './toy/system.ts';
import { toy } from './toy/spec.ts';

const sample = (scope: Scope, seed: number, numRuns = 400): Sequence[] =>
  fc.sample(new SequenceArbitrary(scope), { seed, numRuns });

const kindsIn = ({ packing }: Scope, sequences: readonly Sequence[]): Set<string> =>
  new Set(sequences.flatMap(({ codes }) => Array.from(codes, (code) => packing.events[code].kind)));

describe('random sequences', () => {
  const scope = scopeOf(toySystem, 'full');

  it('are the same for the same seed, and others for another', () => {
    expect(sample(scope, 7)).toEqual(sample(scope, 7));
    expect(sample(scope, 7)).not.toEqual(sample(scope, 8));
  });

  it('do not depend on what was generated before', () => {
    const arbitrary = new SequenceArbitrary(scope);
    fc.sample(arbitrary, { seed: 1, numRuns: 50 });
    expect(fc.sample(arbitrary, { seed: 7, numRuns: 50 })).toEqual(sample(scope, 7, 50));
  });

  it('are valid: configurations of the space, codes of the alphabet, at most the given length', () => {
    const arbitrary = new SequenceArbitrary(scope);
    for (const sequence of sample(scope, 3)) {
      expect(arbitrary.canShrinkWithoutContext(sequence)).toBe(true);
      expect(toy.admits(sequence.config)).toBe(true);
      expect(sequence.codes.length).toBeGreaterThan(0);
      expect(sequence.codes.length).toBeLessThanOrEqual(toySystem.length);
    }
  });

  it('are short and long', () => {
    const lengths = sample(scope, 5).map(({ codes }) => codes.length);
    expect(lengths.filter((length) => length <= 5).length).toBeGreaterThan(40);
    expect(lengths.filter((length) => length >= 30).length).toBeGreaterThan(100);
  });

  it('use a subset of the event kinds now and all of them then', () => {
    const numbers = sample(scope, 5)
      .filter(({ codes }) => codes.length >= 30)
      .map((sequence) => kindsIn(scope, [sequence]).size);
    expect(numbers.some((number) => number <= 5)).toBe(true);
    expect(numbers.some((number) => number === scope.kinds.length)).toBe(true);
  });

  it('keep to the profile: actors and limits', () => {
    const bare = scopeOf(toySystem, 'bare');
    const sequences = sample(bare, 1);
    const actors = [...kindsIn(bare, sequences)].map((kind) => toy.alphabet[kind as keyof typeof toy.alphabet].by);
    expect(new Set(actors)).toEqual(new Set(['device', 'guest']));
    for (const { config } of sequences) expect(config).toMatchObject({ profile: 'bare', order: 'lowest' });
  });

  it('keep to what the implementation can do', () => {
    const capabilities = { ...everything(toySystem), supports: { lines: [1, 3] }, lacks: ['flip'] };
    const limited = scopeOf(toySystem, 'full', capabilities);
    const sequences = sample(limited, 1);
    expect(kindsIn(limited, sequences)).not.toContain('flip');
    expect(new Set(sequences.map(({ config }) => config['lines']))).toEqual(new Set([1, 3]));
  });

  it('stay the same when the guide answers kind by kind, in distribution', () => {
    const factors = (kind: number): number => (kind % 3 === 0 ? 2 : 0.5);
    const base: Omit<Guide, 'weigh'> = toySystem.guide(scope.packing);
    const guides: readonly Guide[] = [
      {
        ...base,
        weigh(weights) {
          for (let kind = 0; kind < weights.length; kind++) weights[kind] *= factors(kind);
        },
      },
      {
        ...base,
        weigh() {
          throw new Error('not asked');
        },
        byKind: { most: () => 2, look() {}, factor: factors },
      },
    ];
    const [one, other] = guides.map((guide) => {
      const sequences = sample(scopeOf({ ...toySystem, guide: () => guide }, 'full'), 11, 2000);
      const counts = new Float64Array(scope.packing.kinds.length);
      let total = 0;
      for (const { codes } of sequences) {
        total += codes.length;
        for (const code of codes) counts[scope.packing.kind[code]]++;
      }
      return counts.map((count) => count / total);
    });
    one.forEach((share, kind) => expect(other[kind]).toBeCloseTo(share, 1.8));
  });

  it('refuse a guide that chooses a code of another kind', () => {
    const guide = { ...toySystem.guide(scope.packing), choose: () => 0 };
    expect(() => sample(scopeOf({ ...toySystem, guide: () => guide }, 'full'), 1)).toThrow('the guide chose code 0');
  });
});
