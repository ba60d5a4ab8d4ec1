import { describe, expect, it } from 'vitest';
import type { AnyConfiguration } from '../spec/alphabet.ts';
import { runCampaign } from '../src/engine/campaign.ts';
import type { CampaignOptions } from '../src/engine/campaign-options.ts';
import type { CampaignResult, Progress } from '../src/engine/campaign-result.ts';
import type { Case } from '../src/engine/case-file.ts';
import type { WordBench } from '../src/engine/bench.ts';
import type { Finding } from '../src/engine/finding.ts';
import { mergeResults } from '../src/engine/merge-results.ts';
import { replay } from '../src/engine/replay.ts';
import { scopeOf } from '../src/engine/scope.ts';
import { searchWords } from '../src/engine/search.ts';
import type { Sequence } from '../src/engine/sequence.ts';
import { underTest } from '../src/engine/under-test.ts';
import { worst, type Verdict } from '../src/engine/verdict.ts';
import { faults } from './toy/faults.ts';
import { ToyController } from './toy/implementation.ts';
import { defaults, toySystem } from './toy/system.ts';
import { plainToy } from './toy/wrapped.ts';

type FaultName = keyof typeof faults;
const fault = (name: FaultName) => underTest(name, faults[name].make());
const right = () => underTest('toy', new ToyController());
const check = (options: Partial<CampaignOptions>): Promise<CampaignResult> =>
  runCampaign({ system: toySystem, iut: right(), seed: 1, runs: 1000, ...options });
const untimed = (result: CampaignResult): object => ({
  ...result,
  seconds: 0,
  counterexamples: result.counterexamples.map((found) => ({ ...found, foundSeconds: 0 })),
});

const exitCase: Case = {
  format: 'virq-case/1',
  system: 'toy',
  config: defaults,
  events: [{ kind: 'raise', line: 0 }, { kind: 'enter' }, { kind: 'enable' }, { kind: 'ack' }, { kind: 'exit' }],
  clause: 'toy/exit-keeps',
};

describe('a campaign', () => {
  it('is the same for the same seed, and another for another', async () => {
    const iut = (): CampaignOptions['iut'] => fault('loses-latch-at-third-entry');
    const one = untimed(await check({ iut: iut() }));
    expect(untimed(await check({ iut: iut() }))).toEqual(one);
    expect(untimed(await check({ iut: iut(), seed: 2 }))).not.toEqual(one);
  });

  it('tells when and how a counterexample was found, and how to see it again', async () => {
    const result = await check({ iut: fault('clears-active-on-exit') });
    const [found] = result.counterexamples;
    expect(result).toMatchObject({ verdict: 'violates', reason: '', sequences: found.foundAfter });
    expect(found.foundEvents).toBeGreaterThan(found.steps.length);
    expect(found.shrinkRuns).toBeGreaterThan(5);
    expect(found.case).toMatchObject({
      clause: found.clause,
      property: 'refinement',
      implementation: 'clears-active-on-exit',
    });
    expect(found.case.events).toEqual(found.steps.map(({ event }) => event));
    const again = await replay({ system: toySystem, iut: fault('clears-active-on-exit'), case: found.case });
    expect(again).toMatchObject({ outcome: 'fails', counterexample: { clause: found.clause, steps: found.steps } });
  });

  it('goes on past clauses that are known to be broken', async () => {
    const result = await check({ iut: fault('third-line-sticks'), stopAfter: 4, runs: 3000 });
    const clauses = result.counterexamples.map(({ clause }) => clause);
    expect(clauses.length).toBeGreaterThan(1);
    expect(new Set(clauses).size).toBe(clauses.length);
    expect(clauses).toContain('toy/lower-takes-back');
  });

  it('without limits ends by itself; with a limit of time, in time', async () => {
    const timed = await check({ runs: undefined, seconds: 0.2 } as never);
    expect(timed.verdict).toBe('conforms');
    expect(timed.seconds).toBeGreaterThan(0.19);
    expect(timed.seconds).toBeLessThan(2);
    expect(timed.sequences).toBeGreaterThan(0);
  });

  it('plays the same sequences whatever limit ends it', async () => {
    const seen = async (runs: number): Promise<string[]> => {
      const log: string[] = [];
      class Logs extends ToyController {
        override reset(config: Parameters<ToyController['reset']>[0]): void {
          log.push('reset');
          super.reset(config);
        }
        override step(code: number): boolean {
          log.push(String(code));
          return super.step(code);
        }
      }
      await check({ iut: underTest('logs', new Logs()), runs });
      return log;
    };
    const [short, long] = [await seen(300), await seen(600)];
    expect(long.slice(0, short.length)).toEqual(short);
  });

  it('plays every sequence once, however many failures stop it in between', async () => {
    const played = async (failsEvery: number): Promise<readonly Sequence[]> => {
      const log: Sequence[] = [];
      const judgeNow = (sequence: Sequence): Finding | undefined => {
        const failed = log.push(sequence) % failsEvery === 0;
        return failed ? ({ clause: `toy/${log.length}` } as Finding) : undefined;
      };
      const search = {
        options: { system: toySystem, iut: right(), seed: 5 },
        scope: scopeOf(toySystem, 'full'),
        runs: 600,
        properties: [],
        isNews: () => true,
        wanted: () => 1,
        count: () => {},
        over: async () => false,
      };
      let failures = 0;
      for await (const batch of searchWords(search, { judgeNow } as unknown as WordBench)) failures += batch.length;
      expect(failures).toBe(Math.floor(600 / failsEvery));
      return log;
    };
    const undisturbed = await played(Infinity);
    expect(undisturbed).toHaveLength(600);
    expect(await played(7)).toEqual(undisturbed);
  });

  it('can be shared by workers: together they play what one would', async () => {
    const all = await check({ runs: 1000, chunk: 100 });
    const parts = await Promise.all(
      [0, 1, 2].map((index) => check({ runs: 1000, chunk: 100, worker: { index, of: 3 } })),
    );
    const merged = mergeResults(parts);
    expect(merged.sequences).toBe(1000);
    expect(merged.coverage).toEqual(all.coverage);
    expect(merged.events).toBe(all.events);
    expect(merged.properties).toEqual(all.properties);
    expect(merged.verdict).toBe('conforms');
  });

  it('tells how far it is', async () => {
    const told: Progress[] = [];
    await check({
      iut: underTest('plain', plainToy(new ToyController(), { later: true })),
      runs: 800,
      onProgress: (p) => told.push(p),
    });
    expect(told.length).toBeGreaterThan(1);
    expect(told.at(-1)).toMatchObject({
      phase: 'search',
      sequences: 800,
      done: 1,
      clausesReached: 12,
      clausesTotal: 12,
    });
    const shares = told.map(({ done }) => done);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  });

  it('of another profile checks the clauses of that profile', async () => {
    const result = await check({ profile: 'bare' });
    expect(result).toMatchObject({ verdict: 'conforms', profile: 'bare' });
    expect(result.coverage).not.toHaveProperty(['toy/entry-runs']);
    expect(Object.values(result.coverage).every((count) => count > 0)).toBe(true);
  });
});

describe('stored cases', () => {
  it('are replayed before anything is generated', async () => {
    const configs: AnyConfiguration[] = [];
    class Watched extends ToyController {
      override reset(config: Parameters<ToyController['reset']>[0]): void {
        configs.push(config);
        super.reset(config);
      }
    }
    const corpus = [{ ...exitCase, config: { ...defaults, lines: 3 } }, exitCase];
    const result = await check({ iut: underTest('watched', new Watched()), corpus, runs: 5 });
    expect(result).toMatchObject({ replayed: 2, sequences: 5, verdict: 'conforms' });
    expect(configs.slice(0, 2)).toEqual(corpus.map(({ config }) => config));
  });

  it('that fail are counterexamples, and nothing is generated then', async () => {
    const result = await check({ iut: fault('clears-active-on-exit'), corpus: [exitCase] });
    expect(result).toMatchObject({ verdict: 'violates', replayed: 1, sequences: 0 });
    expect(result.counterexamples[0]).toMatchObject({ clause: 'toy/exit-keeps', foundAfter: 1 });
  });

  it('of other systems, profiles and abilities are passed over', async () => {
    const capabilities = { shows: ['reply', 'line', 'cpu'], profiles: ['full'], supports: { lines: [2] } };
    const corpus: Case[] = [
      { ...exitCase, system: 'vgic' },
      { ...exitCase, config: { ...defaults, profile: 'bare' } },
      { ...exitCase, config: { ...defaults, lines: 3 } },
    ];
    const result = await check({ iut: underTest('toy', new ToyController(), capabilities), corpus, runs: 5 });
    expect(result).toMatchObject({ verdict: 'conforms', replayed: 0 });
  });
});

describe('known deviations', () => {
  const known = { id: 'exit-completes', why: 'since ever', case: exitCase };

  it('that occur are listed and ignored', async () => {
    const result = await check({ iut: fault('clears-active-on-exit'), baseline: [known], corpus: [exitCase] });
    expect(result).toMatchObject({ verdict: 'conforms', baseline: [{ id: 'exit-completes', outcome: 'occurs' }] });
    expect(result.sequences).toBe(1000);
  });

  it('that no longer occur fail the run', async () => {
    const result = await check({ baseline: [known] });
    expect(result).toMatchObject({
      verdict: 'violates',
      reason: "known deviation 'exit-completes' no longer occurs",
      baseline: [{ id: 'exit-completes', outcome: 'stale' }],
      counterexamples: [],
    });
  });

  it('hide nothing else', async () => {
    class TwoFaults extends ToyController {
      protected override exit(): boolean {
        this.active = -1;
        return super.exit();
      }
      protected override lower(line: number): boolean {
        return line === 1 || super.lower(line);
      }
    }
    const result = await check({ iut: underTest('two', new TwoFaults()), baseline: [known] });
    expect(result.baseline).toEqual([{ id: 'exit-completes', outcome: 'occurs' }]);
    expect(result.counterexamples.map(({ clause }) => clause)).not.toContain('toy/exit-keeps');
    expect(result.counterexamples).toHaveLength(1);
  });

  it('are told from other ways to break the same clause', async () => {
    class DisablesOnExit extends ToyController {
      protected override exit(): boolean {
        this.active = -1;
        this.latching = false;
        return super.exit();
      }
    }
    const result = await check({ iut: underTest('more', new DisablesOnExit()), baseline: [known] });
    expect(result.verdict).toBe('violates');
    expect(result.counterexamples[0].steps.at(-1)?.differs).toMatchObject([{ section: 'cpu', field: 'latching' }]);
  });
});

describe('an interrupted campaign', () => {
  it('says so and is no conformance', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 100);
    const result = await check({ runs: 10_000_000, signal: controller.signal });
    expect(result).toMatchObject({ verdict: 'inconclusive', reason: 'interrupted', interrupted: true });
    expect(result.sequences).toBeGreaterThan(0);
    expect(result.sequences).toBeLessThan(10_000_000);
  });

  it('keeps what it found', async () => {
    const controller = new AbortController();
    const result = await check({
      iut: fault('third-line-sticks'),
      runs: 10_000_000,
      stopAfter: 100,
      signal: controller.signal,
      onProgress: ({ violations }) => {
        if (violations > 0) controller.abort();
      },
    });
    expect(result).toMatchObject({ verdict: 'violates', interrupted: true });
    expect(result.counterexamples.length).toBeGreaterThan(0);
  });

  it('plays nothing if it was told to stop beforehand', async () => {
    const result = await check({ signal: AbortSignal.abort(), corpus: [exitCase] });
    expect(result).toMatchObject({ verdict: 'inconclusive', sequences: 0, replayed: 0 });
  });
});

describe('what cannot be played is not applicable', () => {
  const shows = ['reply', 'line', 'cpu'];
  it.each([
    ['a profile that is not declared', { shows, profiles: ['bare'] }, 'full', 'toy does not play profile full'],
    ['no section', { shows: [], profiles: ['full'] }, 'full', 'no section of the observation is shown'],
    [
      'no configuration',
      { shows, profiles: ['full'], supports: { lines: [1], order: ['any'] } },
      'full',
      'no configuration of the profile is supported',
    ],
    [
      'no event',
      { shows, profiles: ['bare'], lacks: ['raise', 'lower', 'flip', 'enable', 'disable', 'ack', 'eoi'] },
      'bare',
      'no event of the profile can be played',
    ],
  ])('%s', async (_, capabilities, profile, reason) => {
    const result = await check({ iut: underTest('toy', new ToyController(), capabilities), profile });
    expect(result).toMatchObject({ verdict: 'not-applicable', reason, sequences: 0 });
  });

  it('and a profile that does not exist is a mistake of the caller', async () => {
    await expect(check({ profile: 'none' })).rejects.toThrow("toy has no profile 'none'");
  });
});

describe('verdicts together', () => {
  it.each<[Verdict[], Verdict]>([
    [[], 'not-applicable'],
    [['not-applicable', 'conforms'], 'conforms'],
    [['conforms', 'inconclusive'], 'inconclusive'],
    [['inconclusive', 'adapter-error', 'conforms'], 'adapter-error'],
    [['adapter-error', 'violates', 'conforms'], 'violates'],
  ])('%j are %s', (verdicts, together) => {
    expect(worst(verdicts)).toBe(together);
    expect(worst(verdicts.toReversed())).toBe(together);
  });
});
