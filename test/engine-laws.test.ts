import { describe, expect, it } from 'vitest';
import { Skip, type Model } from '../spec/contract.ts';
import { runCampaign } from '../src/engine/campaign.ts';
import type { CampaignOptions } from '../src/engine/campaign-options.ts';
import type { Law, Property } from '../src/engine/property.ts';
import { replay } from '../src/engine/replay.ts';
import type { SystemUnderCheck } from '../src/engine/system-under-check.ts';
import { underTest } from '../src/engine/under-test.ts';
import { toyModel, type ToyState } from './toy/model.ts';
import type { ToyEvent } from './toy/spec.ts';
import { toySystem } from './toy/system.ts';
import { plainToy } from './toy/wrapped.ts';
import { ModelImplementation } from '../src/engine/model-implementation.ts';

type Wrong = (state: ToyState, next: ToyState, event: ToyEvent) => ToyState;

/** The toy with a wrong model: refinement against itself finds nothing, only what is judged without the model can. */
function wrongSystem(wrong: Wrong): SystemUnderCheck {
  const model = (cite: (clause: string) => void): Model => {
    const base = toyModel(cite);
    return {
      ...base,
      step(state: ToyState, event: ToyEvent) {
        const next = base.step(state, event);
        if (next instanceof Skip) return next;
        return Array.isArray(next)
          ? (next as ToyState[]).map((one) => wrong(state, one, event))
          : wrong(state, next as ToyState, event);
      },
    } as Model;
  };
  return { ...toySystem, model };
}

const losesLatchAtEnter: Wrong = (_, next, event) =>
  event.kind === 'enter' ? { ...next, lines: next.lines.map((line) => ({ ...line, latched: false })) } : next;

const neverCompletes: Wrong = (state, next, event) => (event.kind === 'eoi' ? { ...next, lines: state.lines } : next);

const prefersHighAfterExit: Wrong = (_, next, event) =>
  event.kind === 'exit' ? { ...next, cpu: { ...next.cpu, enabled: false } } : next;

const check = (system: SystemUnderCheck, options: Partial<CampaignOptions> = {}) => {
  const iut = underTest(
    'the wrong model itself',
    system.model(() => {}),
  );
  return runCampaign({ system, iut, seed: 3, runs: 2000, ...options });
};

describe('laws', () => {
  it('find what the model has wrong too, and name the interrupt', async () => {
    const { verdict, counterexamples } = await check(wrongSystem(losesLatchAtEnter));
    expect(verdict).toBe('violates');
    expect(counterexamples[0]).toMatchObject({
      property: 'nothing-latched-is-lost',
      clause: 'toy/latch-holds',
      summary: '0 (acceptance 0, event 2) is neither delivered nor pending anywhere',
    });
    expect(counterexamples[0].case.events).toEqual([
      { kind: 'flip' },
      { kind: 'raise', line: 0 },
      { kind: 'enter' },
      { kind: 'lower', line: 0 },
    ]);
  });

  it('drain a sequence to see what comes to rest, and show the draining', async () => {
    const { counterexamples } = await check(wrongSystem(neverCompletes));
    const [found] = counterexamples;
    expect(found).toMatchObject({
      property: 'everything-is-delivered-at-rest',
      summary: '1 lines stay pending for ever',
    });
    const own = found.case.events.length;
    expect(found.steps.length).toBeGreaterThan(own);
    expect(found.steps.map(({ drained }) => drained ?? false)).toEqual(found.steps.map((_, i) => i >= own));
    expect(found.steps.filter(({ event }) => event.kind === 'ack').length).toBeGreaterThan(10);
  });

  it('are judged on their share of the sequences, and not at all on none', async () => {
    const shares = await check(toySystem, { lawShare: 4, runs: 1000 });
    expect(shares.properties['nothing-latched-is-lost']).toBe(250);
    const none = await check(wrongSystem(losesLatchAtEnter), { lawShare: 0 });
    expect(none.verdict).toBe('conforms');
    expect(none.properties).not.toHaveProperty('nothing-latched-is-lost');
  });

  it('count as coverage where they had something to judge', async () => {
    const silent = wrongSystem((_, next) => next);
    const uncited: SystemUnderCheck = { ...silent, model: () => toyModel(() => {}) as Model };
    const { coverage } = await check(uncited);
    expect(coverage['toy/latch-holds']).toBeGreaterThan(0);
    expect(coverage['toy/mode-flips']).toBe(0);
  });

  it('that drain alike share the draining, and each sees its end once', async () => {
    const ends: string[] = [];
    let rounds = 0;
    const drain: NonNullable<Law['drain']> = (_, round) => {
      rounds++;
      return round < 2 ? [{ kind: 'flip' }] : [];
    };
    const law = (id: string, draining: boolean): Law => ({
      kind: 'law',
      id,
      claim: id,
      judges: ['mode-flips'],
      needs: [],
      scenario: { name: id, events: [] },
      begin: () => ({
        step: () => undefined,
        end: () => {
          ends.push(id);
          return undefined;
        },
      }),
      ...(draining && { drain }),
    });
    const system = { ...toySystem, properties: [law('a', true), law('b', false), law('c', true)] };
    await check(system, { runs: 1, lawShare: 1 });
    expect(ends).toEqual(['b', 'a', 'c']);
    expect(rounds).toBe(3);
  });
});

describe('equivalences', () => {
  it('find two sides that can be told apart, and show the other side', async () => {
    const system = wrongSystem(prefersHighAfterExit);
    const { counterexamples } = await check(system, { lawShare: 0, runs: 6000, equivalenceShare: 2 });
    const [found] = counterexamples;
    expect(found).toMatchObject({ property: 'exit-is-invisible', clause: 'toy/exit-keeps' });
    expect(found.summary).toBe(
      'A guest that is exited and entered at once acknowledges the same interrupts. One side gives 0, the other 255.',
    );
    expect(found.case.events.map(({ kind }) => kind).toSorted()).toEqual(['ack', 'enable', 'enter', 'raise']);
    expect(found.variant?.events.filter(({ kind }) => kind === 'exit')).toHaveLength(1);
    const iut = underTest(
      'again',
      system.model(() => {}),
    );
    expect((await replay({ system, iut, case: found.case })).outcome).toBe('fails');
  });
});

describe('laws and equivalences of an implementation that speaks data', () => {
  it.each<[string, Wrong, string]>([
    ['losing a latch', losesLatchAtEnter, 'nothing-latched-is-lost'],
    ['never completing', neverCompletes, 'everything-is-delivered-at-rest'],
    ['an exit that disables', prefersHighAfterExit, 'exit-is-invisible'],
  ])('find %s', async (_, wrong, property) => {
    const system = wrongSystem(wrong);
    const model = new ModelImplementation(
      system.spec,
      system.model(() => {}),
    );
    const properties: readonly Property[] = toySystem.properties.filter(({ id }) => id === property);
    const { counterexamples } = await runCampaign({
      system: { ...system, properties },
      iut: underTest('plain', plainToy(model, { later: true })),
      seed: 3,
      runs: 4000,
      equivalenceShare: 2,
    });
    expect(counterexamples[0]).toMatchObject({ property });
  });
});
