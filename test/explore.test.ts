import { describe, expect, test, vi } from 'vitest';
import { caseSchema } from '../src/engine/schema.ts';
import { explore, StateTable, type ExploreOptions } from '../src/engine/explore/index.ts';
import { postedInterruptsExploration as exploration } from '../properties/posted-interrupts/exploration.ts';
import { PackedPostedInterrupts } from '../src/optimized/posted-interrupts/packed-steps.ts';
import { packingOf } from '../src/engine/packing-of.ts';
import type { AnyConfiguration } from '../spec/alphabet.ts';
import { deviating, deviations } from './explore-deviations.ts';

// Whole explorations, on machines that have other things to do.
vi.setConfig({ testTimeout: 120_000 });

const { spec, profile } = exploration;

/** A configuration of the profile: two vectors, two posters, two physical CPUs and a device, unless told otherwise. */
function configured(parameters: Partial<AnyConfiguration>): AnyConfiguration {
  const { limits } = spec.profiles[profile]!;
  const all = Object.entries(spec.configuration).map(([name, { values }]) => [name, (limits[name] ?? values)[0]!]);
  return { ...(Object.fromEntries(all) as AnyConfiguration), ...(parameters as AnyConfiguration) };
}

const packed = (config: AnyConfiguration): PackedPostedInterrupts => new PackedPostedInterrupts(config as never);
const run = (parameters: Partial<AnyConfiguration>, options: Partial<ExploreOptions> = {}) =>
  explore({ exploration, config: configured(parameters), name: 'reference', ...options });

const smallest = { posters: 1, pcpus: 1, devicePosting: false };

// A golden figure: it changes with the rules and with nothing else. The Promela of bench/explore, which was written from
// the page and not from the model, has exactly as many states and transitions.
const golden = { states: 45_204, transitions: 114_454, depth: 56, quiescent: 292 };

describe('every state of a small configuration', () => {
  test('the model: all of them, and the laws hold', async () => {
    const result = await run(smallest);
    expect(result).toMatchObject({ ...golden, verdict: 'conforms', frontier: 0, symmetry: false });
    expect(result.cut).toBeUndefined();
    expect(result.clauses).toContain('posted-interrupts/everything-is-delivered-in-the-end');
    expect(result.clauses).toHaveLength(8);
  });

  test('the packed successor: the same', async () => {
    expect(await run(smallest, { machine: packed })).toMatchObject({ ...golden, verdict: 'conforms' });
  });

  test('two posters: those that differ in the places of the posters count once', async () => {
    const two = { ...smallest, posters: 2 };
    const together = await run(two, { machine: packed });
    expect(together).toMatchObject({ states: 372_532, transitions: 1_340_573, verdict: 'conforms', symmetry: true });
    const apart = await run(two, { machine: packed, symmetry: false });
    expect(apart).toMatchObject({ verdict: 'conforms', symmetry: false, depth: together.depth });
    expect(apart.states).toBeGreaterThan(together.states);
    expect(apart.states).toBeLessThan(2 * together.states);
  });
});

describe('the packed successor is the model', () => {
  test.each([
    ['every state of the smallest configuration', smallest, Infinity],
    ['the first states of the largest one', { vectors: 'three' }, 6_000],
    ['a device and one physical CPU', { posters: 1, pcpus: 1 }, 15_000],
  ])('%s', (_, parameters, limit) => {
    const config = configured(parameters);
    const model = exploration.machine(config);
    const fast = packed(config);
    const { events } = packingOf(spec);
    expect(fast.codes).toEqual(model.codes);
    expect(fast.initial).toEqual(model.initial);
    const table = new StateTable();
    table.add(...model.initial, 0, 0);
    for (let place = 0; place < Math.min(table.count, limit); place++) {
      const [first, second] = [table.words[2 * place]!, table.words[2 * place + 1]!];
      for (const code of model.codes) {
        const played = model.step(first, second, code);
        const agrees =
          fast.step(first, second, code) === played &&
          (!played || (fast.first === model.first && fast.second === model.second && fast.outputs === model.outputs));
        if (!agrees) expect.fail(`${JSON.stringify(events[code])} in ${first.toString(2)} ${second.toString(2)}`);
        if (played) table.add(model.first, model.canonical?.(model.second) ?? model.second, place, code);
      }
    }
    expect(table.count).toBeGreaterThanOrEqual(Math.min(limit, golden.states));
  });
});

describe('races are found by the shortest sequence', () => {
  const device = { posters: 1, pcpus: 1 };
  test.each([
    ['sync clears ON after it has read PIR', device, 10, 'posted-vector-is-announced'],
    ['sync clears ON after it has read PIR', smallest, 16, 'posted-vector-is-announced'],
    ['the look of a blocking CPU clears ON after it has read PIR', device, 16, 'posted-vector-is-announced'],
    ['the processor clears ON after it has read PIR', device, 12, 'posted-vector-is-announced'],
    ['a poster sets ON before PIR', smallest, 13, 'posted-vector-is-announced'],
    ['sync comes before the target is marked as in the guest', smallest, 10, 'on-means-somebody-will-look'],
    ['no look at PIR after SN is cleared', {}, 9, 'posted-vector-is-announced'],
    ['the look at PIR comes before SN is cleared', { posters: 1 }, 9, 'posted-vector-is-announced'],
    ['the look of a blocking CPU ignores PIR', smallest, 17, 'on-means-somebody-will-look'],
    ['a blocking CPU looks before it is marked', smallest, 18, 'on-means-somebody-will-look'],
    ['NV is switched without a look at ON', { posters: 1 }, 17, 'on-means-somebody-will-look'],
    ['a poster that finds ON set returns before it has set PIR', {}, 3, 'accepted-is-delivered-or-pending'],
  ] as const)('%s, %o: %i events', async (name, parameters, length, clause) => {
    const model = deviating(deviations[name]);
    const { verdict, counterexample, ...result } = await run(parameters, { name, model });
    expect(verdict).toBe('violates');
    expect(result.cut).toBeUndefined();
    expect(counterexample!.clause).toBe(`posted-interrupts/${clause}`);
    expect(counterexample!.case.events).toHaveLength(length);
    // Every event of it is played, and the last one is where it breaks.
    expect(counterexample!.steps).toHaveLength(length);
    expect(counterexample!.steps.filter(({ skipped }) => skipped !== undefined)).toEqual([]);
    expect(caseSchema(spec).safeParse(counterexample!.case).error).toBeUndefined();
    // None is shorter.
    const shorter = await run(parameters, { name, model, depth: length - 1 });
    expect(shorter).toMatchObject({ verdict: 'inconclusive', cut: 'depth' });
  });

  test('a livelock: the look ignores PIR, the device wakes the CPU again and again', async () => {
    const name = 'the look of a blocking CPU ignores PIR';
    const { verdict, counterexample } = await run(device, { name, model: deviating(deviations[name]) });
    expect(verdict).toBe('violates');
    expect(counterexample!.clause).toBe('posted-interrupts/everything-is-delivered-in-the-end');
    const drained = counterexample!.steps.filter((step) => step.drained);
    expect(drained.length).toBeGreaterThan(10);
    expect(counterexample!.steps).toHaveLength(counterexample!.case.events.length + drained.length);
    expect(drained.at(-1)!.event.kind).toBe('step');
  });

  test('what the wake-up vector repairs: a look before the mark loses nothing with a device', async () => {
    const model = deviating(deviations['a blocking CPU looks before it is marked']);
    expect(await run(device, { model })).toMatchObject({ verdict: 'conforms' });
  });
});

describe('limits', () => {
  test('depth: states that far away are found, and not gone on from', async () => {
    const none = await run(smallest, { depth: 0 });
    expect(none).toMatchObject({ verdict: 'inconclusive', cut: 'depth', states: 1, depth: 0, transitions: 0 });
    const some = await run(smallest, { depth: 12 });
    expect(some).toMatchObject({ verdict: 'inconclusive', cut: 'depth', depth: 12 });
    expect(some.frontier).toBeGreaterThan(0);
    expect(await run(smallest, { depth: golden.depth + 1 })).toMatchObject({ ...golden, verdict: 'conforms' });
  });

  test('states and memory', async () => {
    const some = await run(smallest, { states: 5_000 });
    expect(some).toMatchObject({ verdict: 'inconclusive', cut: 'states' });
    expect(some.states).toBeGreaterThan(5_000);
    expect(some.states).toBeLessThan(golden.states);
    expect(await run(smallest, { bytes: 1 })).toMatchObject({ verdict: 'inconclusive', cut: 'memory' });
  });

  test('an interruption keeps what is known; progress is told', async () => {
    const controller = new AbortController();
    const told: number[] = [];
    const result = await run(
      {},
      {
        signal: controller.signal,
        onProgress: ({ states, depth, frontier, bytes }) => {
          told.push(states);
          expect([depth, frontier, bytes].every((figure) => figure > 0)).toBe(true);
          controller.abort();
        },
      },
    );
    expect(result).toMatchObject({ verdict: 'inconclusive', cut: 'interrupted' });
    expect(told.length).toBeGreaterThan(0);
    expect(result.states).toBeGreaterThanOrEqual(told[0]!);
  });
});

describe('the table of states', () => {
  test('keeps every pair of words once, in order, through its growth', () => {
    const table = new StateTable();
    const count = 300_000;
    const word = (n: number): number => Math.imul(n, 0x9e37_79b1) >>> 1;
    let added = 0;
    for (let n = 0; n < count; n++) added += Number(table.add(word(n), n & 7, n, n & 0xffff));
    expect(added).toBe(count);
    for (let n = 0; n < count; n++) added += Number(table.add(word(n), n & 7, 0, 0));
    expect(added).toBe(count);
    expect(table.count).toBe(count);
    expect([table.words[2 * 123_456], table.words[2 * 123_456 + 1]]).toEqual([word(123_456), 123_456 & 7]);
    expect([table.parents[123_456], table.events[123_456]]).toEqual([123_456, 123_456 & 0xffff]);
    expect(table.slotOf(word(5), 5)).toBeGreaterThanOrEqual(0);
    expect(table.slotOf(word(5), 6)).toBe(-1);
    expect(table.bytes / count).toBeLessThan(60);
  });
});
