import { describe, expect, it } from 'vitest';
import { runCampaign } from '../src/engine/campaign.ts';
import type { Counterexample } from '../src/engine/counterexample.ts';
import { sequenceOf } from '../src/engine/counterexample-of.ts';
import { Lockstep } from '../src/engine/lockstep.ts';
import { shrinkCase } from '../src/engine/replay.ts';
import { scopeOf } from '../src/engine/scope.ts';
import type { Sequence } from '../src/engine/sequence.ts';
import { SequenceArbitrary } from '../src/engine/sequence-arbitrary.ts';
import { shrinkSequence } from '../src/engine/shrink-sequence.ts';
import { underTest } from '../src/engine/under-test.ts';
import { faults } from './toy/faults.ts';
import { defaults, toySystem } from './toy/system.ts';

const scope = scopeOf(toySystem, 'full');
const names = Object.keys(faults) as (keyof typeof faults)[];
const seeds = Array.from({ length: 12 }, (_, seed) => seed);

async function found(name: keyof typeof faults, seed: number): Promise<Counterexample> {
  const iut = underTest(name, faults[name].make());
  const result = await runCampaign({ system: toySystem, iut, seed, runs: 5000, lawShare: 0, equivalenceShare: 0 });
  expect(result.verdict).toBe('violates');
  return result.counterexamples[0];
}

const without = ({ config, codes }: Sequence, ...places: readonly number[]): Sequence => ({
  config,
  codes: codes.filter((_, i) => !places.includes(i)),
});

describe.each(names)('shrinking what %s shows', (name) => {
  it.each(seeds)('gives a sequence of which no event and no pair can be removed, seed %i', async (seed) => {
    const counterexample = await found(name, seed);
    const sequence = sequenceOf(scope, counterexample.case);
    const lockstep = new Lockstep(scope);
    const fails = (smaller: Sequence): boolean =>
      !lockstep.agrees(smaller, faults[name].make()) && lockstep.finding?.clause === counterexample.clause;
    expect(fails(sequence)).toBe(true);
    sequence.codes.forEach((_, i) => {
      expect(fails(without(sequence, i))).toBe(false);
      for (let j = i + 1; j < sequence.codes.length; j++) expect(fails(without(sequence, i, j))).toBe(false);
    });
  });

  it('reaches the fewest events that show its clause', async () => {
    const all = await Promise.all(seeds.map((seed) => found(name, seed)));
    const own = all.filter(({ clause }) => clause === faults[name].clause);
    expect(own.length).toBeGreaterThan(0);
    for (const counterexample of own) expect(counterexample.steps.length).toBe(faults[name].events);
  });
});

describe('a stored sequence', () => {
  const arbitrary = new SequenceArbitrary(scope);

  it('is one that the arbitrary shrinks without having made it', () => {
    const codes = Uint16Array.from([0, 1, 2]);
    expect(arbitrary.canShrinkWithoutContext({ config: { ...defaults }, codes })).toBe(true);
    expect(arbitrary.canShrinkWithoutContext({ config: { ...defaults, lines: 7 }, codes })).toBe(false);
    expect(arbitrary.canShrinkWithoutContext({ config: defaults, codes: Uint16Array.of(60_000) })).toBe(false);
    expect(arbitrary.canShrinkWithoutContext({ config: defaults, codes: [0] })).toBe(false);
    expect(arbitrary.canShrinkWithoutContext(undefined)).toBe(false);
  });

  it('shrinks to the same minimum', async () => {
    const kinds = ['flip', 'flip', 'raise', 'enter', 'exit', 'enter', 'flip', 'enable', 'flip', 'flip', 'ack', 'eoi'];
    const events = kinds.map((kind) => (kind === 'raise' ? { kind, line: 2 } : { kind }));
    const stored = { format: 'virq-case/1', system: 'toy', config: { ...defaults, lines: 3 }, events } as const;
    const iut = underTest('fault', faults['ignores-ack-while-latching'].make());
    const shrunk = await shrinkCase({ system: toySystem, iut, case: stored });
    if (shrunk.outcome !== 'fails') throw new Error(shrunk.outcome);
    expect(shrunk.counterexample.case.config).toEqual(defaults);
    expect(shrunk.counterexample.case.events).toEqual([
      { kind: 'raise', line: 0 },
      { kind: 'enter' },
      { kind: 'flip' },
      { kind: 'enable' },
      { kind: 'ack' },
    ]);
  });

  it('shrinks lazily', () => {
    const codes = Uint16Array.from({ length: 4000 }, (_, i) => i % scope.packing.size);
    const [first] = arbitrary.shrink({ config: defaults, codes }).take(1);
    expect(first.value.codes.length).toBe(0);
  });
});

describe('shrinking', () => {
  const pack = (...events: readonly { kind: string; line?: number }[]): Sequence =>
    sequenceOf(scope, { config: defaults, events: events as never });
  const count = ({ codes }: Sequence, kind: string): number =>
    codes.filter((code) => scope.packing.events[code].kind === kind).length;

  it('removes pairs where single events cannot go', async () => {
    const start = pack(...Array.from({ length: 15 }, () => ({ kind: 'flip' })), { kind: 'raise', line: 1 });
    const { sequence } = await shrinkSequence(scope, start, (s) => count(s, 'flip') % 2 === 1);
    expect(sequence).toEqual(pack({ kind: 'flip' }));
  });

  it('removes partners that are far apart in long sequences', async () => {
    const filler = Array.from({ length: 30 }, () => ({ kind: 'flip' }));
    const start = pack({ kind: 'enter' }, ...filler, { kind: 'exit' }, { kind: 'enter' });
    const fails = (s: Sequence): boolean =>
      count(s, 'flip') === 30 && count(s, 'enter') - count(s, 'exit') === 1 && count(s, 'enter') > 0;
    const { sequence } = await shrinkSequence(scope, start, fails);
    expect(count(sequence, 'enter')).toBe(1);
    expect(count(sequence, 'exit')).toBe(0);
  });

  it('lets a pair give way to one of its ends', async () => {
    const start = pack({ kind: 'raise', line: 0 }, { kind: 'ack' }, { kind: 'lower', line: 0 });
    // Needs something of a line after the acknowledge, and nothing may be there alone but a raise.
    const fails = ({ codes }: Sequence): boolean => {
      const kinds = Array.from(codes, (code) => scope.packing.events[code].kind).join(' ');
      return kinds === 'raise ack lower' || kinds === 'ack raise';
    };
    expect((await shrinkSequence(scope, start, fails)).sequence).toEqual(
      pack({ kind: 'ack' }, { kind: 'raise', line: 0 }),
    );
  });

  it('renames an argument throughout, where single events cannot be lowered', async () => {
    const start = pack({ kind: 'raise', line: 2 }, { kind: 'lower', line: 2 });
    const fails = ({ codes }: Sequence): boolean =>
      codes.length === 2 && new Set(Array.from(codes, (code) => scope.packing.events[code]['line'])).size === 1;
    const smallest = pack({ kind: 'raise', line: 0 }, { kind: 'lower', line: 0 });
    expect((await shrinkSequence(scope, start, fails)).sequence).toEqual(smallest);
  });

  it('returns the configuration to its default, parameter by parameter', async () => {
    const start = { config: scope.space.intern({ profile: 'full', lines: 3, order: 'any' }), codes: Uint16Array.of(0) };
    const all = await shrinkSequence(scope, start, ({ codes }) => codes.length === 1);
    expect(all.sequence.config).toEqual(defaults);
    const some = await shrinkSequence(scope, start, ({ config }) => config['order'] === 'any');
    expect(some.sequence.config).toEqual({ profile: 'full', lines: 2, order: 'any' });
  });

  it('ends with what the predicate throws', async () => {
    const start = pack({ kind: 'flip' }, { kind: 'flip' });
    const broken = shrinkSequence(scope, start, ({ codes }) => {
      if (codes.length < 2) throw new Error('the adapter died');
      return true;
    });
    await expect(broken).rejects.toThrow('the adapter died');
  });
});
