import { describe, expect, it } from 'vitest';
import { AdapterError, type Capabilities, type Implementation } from '../spec/contract.ts';
import { runCampaign } from '../src/engine/campaign.ts';
import type { CampaignOptions } from '../src/engine/campaign-options.ts';
import { underTest, type AnyImplementation } from '../src/engine/under-test.ts';
import { faults } from './toy/faults.ts';
import { ToyController } from './toy/implementation.ts';
import { toyModel } from './toy/model.ts';
import { toySystem } from './toy/system.ts';
import { pipelinedToy, plainToy } from './toy/wrapped.ts';

const names = Object.keys(faults).filter((name) => name !== 'completes-nothing') as (keyof typeof faults)[];
const check = (implementation: AnyImplementation, options: Partial<CampaignOptions> = {}, declared?: Capabilities) =>
  runCampaign({
    system: toySystem,
    iut: underTest('iut', implementation, declared),
    seed: 1,
    runs: 800,
    stepTimeout: 60,
    ...options,
  });

describe('an implementation', () => {
  it.each([
    ['in words', () => new ToyController()],
    ['as a model', () => toyModel(() => {}) as never],
    ['as a person writes one', () => plainToy(new ToyController())],
    ['that answers later', () => plainToy(new ToyController(), { later: true })],
    ['in batches', () => pipelinedToy(new ToyController(), 64)],
  ])('%s conforms, with every clause reached and every property judged', async (_, make) => {
    const result = await check(make());
    expect(result).toMatchObject({ verdict: 'conforms', reason: '', sequences: 800, notApplicable: {} });
    expect(Object.entries(result.coverage).filter(([, count]) => count === 0)).toEqual([]);
    expect(result.properties).toMatchObject({ refinement: 800, 'nothing-latched-is-lost': 100 });
    expect(result.properties['exit-is-invisible']).toBeGreaterThan(10);
  });

  it('in batches is given as many sequences at once as it likes', async () => {
    const implementation = pipelinedToy(new ToyController(), 32);
    await check(implementation, { lawShare: 0, equivalenceShare: 0, runs: 256 });
    expect(implementation.batches).toBe(8);
  });

  describe.each(names)('with the fault %s', (name) => {
    it.each([
      ['plain', () => plainToy(faults[name].make())],
      ['pipelined', () => pipelinedToy(faults[name].make(), 16)],
    ])('is found and shrunk, %s', async (_, make) => {
      const result = await check(make(), { lawShare: 0, equivalenceShare: 0, runs: 5000 });
      expect(result.verdict).toBe('violates');
      const [found] = result.counterexamples;
      expect(found.steps.at(-1)?.differs.length).toBeGreaterThan(0);
      expect(found.unrepeatable).toBeUndefined();
      if (found.clause === faults[name].clause) expect(found.steps.length).toBe(faults[name].events);
    });
  });

  it('that shows a part is judged by that part', async () => {
    const sections = ['reply', 'cpu'];
    const declared = { shows: sections, profiles: ['full'] };
    const right = await check(plainToy(new ToyController(), { sections }), {}, declared);
    expect(right.verdict).toBe('conforms');
    expect(right.notApplicable).toEqual({
      'toy/raise-makes-pending': 'not shown: line',
      'toy/lower-takes-back': 'not shown: line',
      'toy/latch-holds': 'not shown: line',
      'toy/eoi-completes': 'not shown: line',
    });
    expect(right.coverage['toy/eoi-completes']).toBe(0);
    expect(Object.keys(right.properties)).toEqual(['refinement', 'exit-is-invisible']);
    const wrong = await check(plainToy(faults['takes-middle-line'].make(), { sections }), {}, declared);
    expect(wrong.verdict).toBe('violates');
  });

  it('that lacks events is not judged by the clauses that need them', async () => {
    const declared = { shows: ['reply', 'line', 'cpu'], profiles: ['full'], lacks: ['flip'] };
    const result = await check(plainToy(new ToyController()), {}, declared);
    expect(result.verdict).toBe('conforms');
    expect(result.notApplicable).toEqual({ 'toy/mode-flips': 'needs what is not supported: event flip' });
    // It could be reached by latching, which nothing but a flip begins: that is for the reader to see.
    expect(result.coverage['toy/latch-holds']).toBe(0);
  });
});

describe('a broken adapter', () => {
  const plain = (change: Partial<Implementation>): Implementation => ({ ...plainToy(new ToyController()), ...change });

  it.each<[string, AnyImplementation, string, RegExp]>([
    [
      'throws',
      plain({
        step() {
          throw new TypeError('undefined is not a function');
        },
      }),
      'E_ADAPTER_THREW',
      /the implementation threw during .*: TypeError: undefined is not a function/,
    ],
    ['rejects', plain({ step: () => Promise.reject(new Error('gone')) }), 'E_ADAPTER_THREW', /Error: gone/],
    ['hangs', plain({ step: () => new Promise(() => {}) }), 'E_ADAPTER_TIMEOUT', /no answer to .* within 0.06 s/],
    ['hangs at reset', plain({ reset: () => new Promise(() => {}) }), 'E_ADAPTER_TIMEOUT', /no answer to reset/],
    [
      'returns rubbish',
      plain({ step: () => ({ reply: 7 }) as never }),
      'E_ADAPTER_OUTPUT',
      /after .*: reply: expected/,
    ],
    ['returns nothing', plain({ step: () => undefined as never }), 'E_ADAPTER_OUTPUT', /an observation is an object/],
    [
      'does not show what it declares',
      plainToy(new ToyController(), { sections: ['reply'] }),
      'E_ADAPTER_OUTPUT',
      /section 'line' is declared as shown and missing/,
    ],
    [
      'says itself what is wrong',
      plain({
        step() {
          throw new AdapterError('E_ADAPTER_DIED', 'the child process ended with signal 11');
        },
      }),
      'E_ADAPTER_DIED',
      /signal 11/,
    ],
    [
      'answers with too few sequences',
      { batch: 4, play: async () => [] },
      'E_ADAPTER_OUTPUT',
      /a batch of \d sequences was/,
    ],
    [
      'answers with too few observations',
      { batch: 4, play: async (sequences) => sequences.map(() => []) },
      'E_ADAPTER_OUTPUT',
      /a sequence of \d+ events was answered with 0 observations/,
    ],
    [
      'answers a batch with rubbish',
      { batch: 4, play: async () => 'ok' as never },
      'E_ADAPTER_OUTPUT',
      /answered with string/,
    ],
    [
      'never answers a batch',
      { batch: 2, play: () => new Promise(() => {}) },
      'E_ADAPTER_TIMEOUT',
      /a batch of sequences/,
    ],
  ])('that %s is never a verdict on the implementation', async (_, implementation, code, message) => {
    const result = await check(implementation);
    expect(result).toMatchObject({ verdict: 'adapter-error', counterexamples: [] });
    expect(result.failure?.code).toBe(code);
    expect(result.failure?.message).toMatch(message);
    expect(result.reason).toBe(result.failure?.message);
  });

  it('keeps what was found before', async () => {
    const plays = plainToy(faults['third-line-sticks'].make());
    let resets = 0;
    const dies: Implementation = {
      reset(config) {
        if (++resets > 400) throw new Error('out of memory');
        return plays.reset(config);
      },
      step: (event) => plays.step(event),
    };
    const result = await check(dies, { stopAfter: 50, runs: 5000 });
    expect(result.counterexamples.length).toBeGreaterThan(0);
    expect(result.failure).toMatchObject({ code: 'E_ADAPTER_THREW' });
    expect(result.verdict).toBe('violates');
  });

  it('that breaks down over what it did wrong before is an implementation that did wrong', async () => {
    // The wrapper throws on events that do not hold for the controller, as they do not once it has deviated.
    const faulty = pipelinedToy(faults['clears-active-on-exit'].make(), 8);
    const result = await check(faulty, { lawShare: 0, equivalenceShare: 0 });
    expect(result.counterexamples[0]).toMatchObject({ clause: 'toy/exit-keeps' });
    expect(result.failure).toBeUndefined();
  });

  it('is told from an implementation that fails now and then', async () => {
    let calls = 0;
    class FailsOnce extends ToyController {
      protected override ack(): boolean {
        const done = super.ack();
        if (++calls === 300) this.reply = 1 + (this.reply & 1);
        return done;
      }
    }
    const result = await check(pipelinedToy(new FailsOnce(), 16), { lawShare: 0, equivalenceShare: 0 });
    expect(result.verdict).toBe('violates');
    expect(result.counterexamples[0]).toMatchObject({ unrepeatable: true });
    expect(result.counterexamples[0].steps.at(-1)?.differs).toMatchObject([{ section: 'reply', field: 'value' }]);
  });
});
