import { describe, expect, it } from 'vitest';
import type { AnyConfiguration } from '../spec/alphabet.ts';
import type { PostedInterruptsConfiguration } from '../spec/posted-interrupts/configuration.ts';
import type { Fault } from '../faults/fault.ts';
import { postedInterruptsFaults } from '../faults/posted-interrupts/index.ts';
import { notExpressible } from '../faults/posted-interrupts/not-expressible.ts';
import { postedInterruptsExploration } from '../properties/posted-interrupts/exploration.ts';
import { postedInterruptsUnderCheck } from '../properties/posted-interrupts/index.ts';
import { benchFor, type WordBench } from '../src/engine/bench.ts';
import { explore } from '../src/engine/explore/index.ts';
import type { Finding } from '../src/engine/finding.ts';
import { preconditionClause, runCampaign, underTest, type UnderTest } from '../src/engine/index.ts';
import { refinementOnly } from '../src/engine/load.ts';
import { scopeOf } from '../src/engine/scope.ts';
import { SequenceGenerator } from '../src/engine/sequence-generator.ts';

const { spec } = postedInterruptsUnderCheck;

/** Faults that let an event happen whose precondition does not hold: no clause decides such a step, the page does. */
const wronglyPlayed: readonly string[] = [
  'blocking-holds-off-what-it-does-not',
  'interrupts-are-on-around-entry',
  'processing-is-interrupted',
];

/** Steps out of order that nobody but the comparison with the model can tell: nothing is lost by them. */
const harmless: readonly string[] = ['sync-ignores-on'];

/** The smallest configuration in atomic steps. */
const smallest: PostedInterruptsConfiguration = {
  profile: 'interleaved',
  apicv: 'on',
  mode: 'x2apic',
  tprShadow: true,
  hltExiting: true,
  devicePosting: false,
  nested: false,
  vcpus: 1,
  pcpus: 1,
  pprOnTie: 'tpr',
  blocksArrival: 'none',
  vectors: 'two',
  posters: 1,
};

/** A fault as the command line checks it: in its profile, with the parameters with which it shows best. */
function chosen(fault: Fault): { readonly profile: string; readonly iut: UnderTest } {
  const profile = fault.profile ?? Object.keys(spec.profiles)[0];
  const supports = Object.fromEntries(Object.entries(fault.config ?? {}).map(([name, value]) => [name, [value!]]));
  const shows = Object.keys(spec.observation);
  return {
    profile,
    iut: underTest(
      fault.id,
      fault.model!(() => {}),
      { shows, profiles: [profile], supports },
    ),
  };
}

const runs = 10_000;

/** The first deviation in 10,000 sequences; it is not shrunk, and so may be laid to several clauses. */
function firstFinding(fault: Fault): Finding | undefined {
  const { profile, iut } = chosen(fault);
  const scope = scopeOf(postedInterruptsUnderCheck, profile, iut.capabilities);
  const bench = benchFor(scope, iut, 5000) as WordBench;
  const generator = new SequenceGenerator(scope);
  for (let n = 0; n < runs; n++) {
    const finding = bench.judgeNow(generator.generate(1, n), refinementOnly, () => true);
    if (finding !== undefined) return finding;
  }
  return undefined;
}

const clausesOf = ({ id, breaks }: Fault): readonly string[] =>
  wronglyPlayed.includes(id) ? [preconditionClause(spec.name)] : breaks.map((name) => spec.clauses[name].id);

describe('the faults of posted-interrupts', () => {
  it('have names of their own', () => {
    const ids = postedInterruptsFaults.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toBe(true);
  });

  it.each(postedInterruptsFaults.map((fault) => [fault.id, fault] as const))(
    '%s breaks clauses that hold in its profile',
    (_, fault) => {
      const profile = fault.profile ?? Object.keys(spec.profiles)[0];
      for (const name of fault.breaks) {
        const clause = spec.clauses[name];
        expect(clause, name).toBeDefined();
        expect(clause.keyword, name).not.toBe('undefined');
      }
      const [main] = fault.breaks;
      expect(spec.clauses[main].profiles ?? [profile]).toContain(profile);
    },
  );

  it('stand for every real bug of their area, or the reason why not is written down', () => {
    const bugs = ['05', '07', 13, 17, 21, 22, 25, 30, 32, 34, 35, 37, 41, 46, 47, 48, 50, 55].map((n) => `C${n}`);
    const seen = new Set(postedInterruptsFaults.flatMap((fault) => fault.seen.map(({ bug }) => bug)));
    const excused = new Set(notExpressible.map(({ bug }) => bug));
    expect(bugs.filter((bug) => !seen.has(bug) && !excused.has(bug))).toEqual([]);
    expect([...excused].filter((bug) => seen.has(bug))).toEqual([]);
    const ids = new Set(postedInterruptsFaults.map(({ id }) => id));
    for (const { nearest } of notExpressible) if (nearest !== undefined) expect(ids).toContain(nearest);
  });

  it.each(postedInterruptsFaults.map((fault) => [fault.id, fault] as const))('%s is caught', (_, fault) => {
    const suspects = firstFinding(fault)?.suspects ?? [];
    const broken = clausesOf(fault);
    expect(
      suspects.filter((clause) => broken.includes(clause)),
      suspects.join(' '),
    ).not.toEqual([]);
  });

  it.each(
    postedInterruptsFaults
      .filter(({ id, profile }) => profile === 'interleaved' && !harmless.includes(id))
      .map((fault) => [fault.id, fault] as const),
  )('%s breaks a law that knows no order of steps', async (_, fault) => {
    const result = await explore({
      exploration: postedInterruptsExploration,
      config: { ...smallest, ...fault.config } as AnyConfiguration,
      name: fault.id,
      model: fault.model!,
    });
    expect([result.verdict, result.counterexample?.property]).toEqual(['violates', expect.any(String)]);
  });

  // Shrinking is what takes the time: it is done for what has really happened.
  it.each(postedInterruptsFaults.filter(({ seen }) => seen.length > 0).map((fault) => [fault.id, fault] as const))(
    '%s is laid to a clause that it breaks, once the sequence is shrunk',
    async (_, fault) => {
      const { profile, iut } = chosen(fault);
      const result = await runCampaign({
        system: postedInterruptsUnderCheck,
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
