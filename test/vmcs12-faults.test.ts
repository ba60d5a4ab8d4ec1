import { describe, expect, it } from 'vitest';
import type { Fault } from '../faults/fault.ts';
import { vmcs12Faults } from '../faults/vmcs12/index.ts';
import { notExpressible } from '../faults/vmcs12/not-expressible.ts';
import { vmcs12UnderCheck } from '../properties/vmcs12/index.ts';
import { benchFor, type WordBench } from '../src/engine/bench.ts';
import type { Finding } from '../src/engine/finding.ts';
import { runCampaign, underTest, type UnderTest } from '../src/engine/index.ts';
import { refinementOnly } from '../src/engine/load.ts';
import { scopeOf } from '../src/engine/scope.ts';
import { SequenceGenerator } from '../src/engine/sequence-generator.ts';
import type { Sequence } from '../src/engine/sequence.ts';

const { spec } = vmcs12UnderCheck;
const clauses: Readonly<Record<string, (typeof spec.clauses)[string] | undefined>> = spec.clauses;
const runs = 10_000;

/** A fault as the command line checks it: in its profile, with the parameters with which it shows best. */
function chosen(fault: Fault): { readonly profile: string; readonly iut: UnderTest } {
  const profile = fault.profile ?? Object.keys(spec.profiles)[0];
  const supports = Object.fromEntries(Object.entries(fault.config ?? {}).map(([name, value]) => [name, [value!]]));
  const shows = Object.keys(spec.observation);
  const model = fault.model!(() => {});
  return { profile, iut: underTest(fault.id, model, { shows, profiles: [profile], supports }) };
}

/** Sequences of a profile and some parameters: they are the same for every fault, and making them is what takes time. */
const drawn = new Map<string, { readonly generator: SequenceGenerator; readonly sequences: Sequence[] }>();

/** The first deviation in 10,000 sequences; it is not shrunk, and so may be laid to several clauses. */
function firstFinding(fault: Fault): Finding | undefined {
  const { profile, iut } = chosen(fault);
  const scope = scopeOf(vmcs12UnderCheck, profile, iut.capabilities);
  const bench = benchFor(scope, iut, 5000) as WordBench;
  const key = JSON.stringify([profile, fault.config]);
  const { generator, sequences } = drawn.get(key) ?? { generator: new SequenceGenerator(scope), sequences: [] };
  drawn.set(key, { generator, sequences });
  for (let n = 0; n < runs; n++) {
    const finding = bench.judgeNow((sequences[n] ??= generator.generate(1, n)), refinementOnly, () => true);
    if (finding !== undefined) return finding;
  }
  return undefined;
}

const clausesOf = ({ breaks }: Fault): readonly string[] => breaks.map((name) => spec.clauses[name].id);
const named = vmcs12Faults.map((fault) => [fault.id, fault] as const);

describe('the faults of vmcs12', () => {
  it('have names of their own', () => {
    const ids = vmcs12Faults.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toBe(true);
  });

  it.each(named)('%s breaks clauses that hold in its profile', (_, fault) => {
    const profile = fault.profile ?? Object.keys(spec.profiles)[0];
    for (const name of fault.breaks) {
      expect(clauses[name], name).toBeDefined();
      expect(clauses[name]?.keyword, name).not.toBe('undefined');
    }
    const [main] = fault.breaks;
    expect(spec.clauses[main].profiles ?? [profile]).toContain(profile);
  });

  it('break every clause that says what must be', () => {
    const broken = new Set(vmcs12Faults.flatMap(({ breaks }) => breaks));
    const musts = Object.values(spec.clauses).filter(({ keyword }) => keyword === 'must');
    expect(musts.map(({ name }) => name).filter((name) => !broken.has(name))).toEqual([]);
  });

  it('stand for every real bug of their area, or the reason why not is written down', () => {
    const ofB = ['01', '02', '08', 11, 12, 13, 16, 18, 21, 22, 24, 25, 27, 29, 30, 35, 36, 37, 39, 40];
    const ofA = ['02', '04', '05', '06', '08', '09', 10, 12, 13, 14, 15, 19, 23, 25, 26, 28, 30, 34, 35, 38];
    const bugs = [...ofA.map((n) => `A${n}`), ...ofB.map((n) => `B${n}`)];
    const seen = new Set(vmcs12Faults.flatMap((fault) => fault.seen.map(({ bug }) => bug)));
    const excused = new Set(notExpressible.map(({ bug }) => bug));
    expect(bugs.filter((bug) => !seen.has(bug) && !excused.has(bug))).toEqual([]);
    expect([...excused].filter((bug) => seen.has(bug))).toEqual([]);
    const ids = new Set(vmcs12Faults.map(({ id }) => id));
    for (const { nearest } of notExpressible) if (nearest !== undefined) expect(ids).toContain(nearest);
  });

  it.each(named)('%s is caught', { timeout: 30_000 }, (_, fault) => {
    const suspects = firstFinding(fault)?.suspects ?? [];
    const broken = clausesOf(fault);
    expect(
      suspects.filter((clause) => broken.includes(clause)),
      suspects.join(' '),
    ).not.toEqual([]);
  });

  // Shrinking is what takes the time: it is done for what has really happened.
  it.each(named.filter(([, { seen }]) => seen.length > 0))(
    '%s is laid to a clause that it breaks, once the sequence is shrunk',
    { timeout: 30_000 },
    async (_, fault) => {
      const { profile, iut } = chosen(fault);
      const result = await runCampaign({
        system: vmcs12UnderCheck,
        iut,
        profile,
        seed: 1,
        runs,
        lawShare: 0,
        equivalenceShare: 0,
      });
      expect([result.verdict, result.reason]).toEqual(['violates', '']);
      expect(clausesOf(fault)).toContain(result.counterexamples[0].clause);
    },
  );
});
