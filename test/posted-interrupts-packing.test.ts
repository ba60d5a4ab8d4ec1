import { describe, expect, it } from 'vitest';
import { pack, PostedInterruptsModel, packedWords, unpack } from '../model/posted-interrupts/index.ts';
import type { PostedInterruptsState } from '../model/posted-interrupts/index.ts';
import { Skip } from '../spec/contract.ts';
import { pack as packEvents } from '../spec/packing.ts';
import { alphabet, type PostedInterruptsEvent } from '../spec/posted-interrupts/alphabet.ts';
import { admits, type PostedInterruptsConfiguration } from '../spec/posted-interrupts/configuration.ts';
import { observation } from '../spec/posted-interrupts/observation.ts';
import { profiles } from '../spec/posted-interrupts/profiles.ts';
import { Player } from './posted-interrupts/player.ts';

const model = new PostedInterruptsModel();
const { actors } = profiles.interleaved;
const events = packEvents<PostedInterruptsEvent>(alphabet).events.filter(({ kind }) =>
  (actors as readonly string[]).includes(alphabet[kind].by),
);
const outputs = ['reply', 'delivery', 'exit', 'effects'];

const base = {
  profile: 'interleaved',
  apicv: 'on',
  mode: 'x2apic',
  tprShadow: true,
  hltExiting: true,
  nested: false,
  vcpus: 1,
  pprOnTie: 'tpr',
  blocksArrival: 'none',
} as const;

const configurations = (['two', 'three'] as const).flatMap((vectors) =>
  ([1, 2] as const).flatMap((posters) =>
    ([1, 2] as const).flatMap((pcpus) =>
      [true, false].map((devicePosting): PostedInterruptsConfiguration => ({
        ...base,
        vectors,
        posters,
        pcpus,
        devicePosting,
      })),
    ),
  ),
);

/** What a state shows, but for the outputs of the last event. */
function shown(state: PostedInterruptsState): readonly (readonly number[])[] {
  return Object.entries(observation).flatMap(([name, { count }], section) => {
    if (outputs.includes(name)) return [];
    const view = model.views[section];
    return Array.from({ length: count(state.machine.config) }, (_, index) => view.words(view.part(state, index)));
  });
}

/** States of a random walk of `length` events, the first of which is that after reset. */
function* walk(config: PostedInterruptsConfiguration, length: number): Generator<PostedInterruptsState> {
  let seed = 2026;
  let state = model.initial(config);
  yield state;
  for (let n = 0; n < length;) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    const next = model.step(state, events[Math.floor((seed / 2 ** 32) * events.length)]);
    if (next instanceof Skip) continue;
    yield (state = next);
    n++;
  }
}

describe('a packed state of the interleaved profile', () => {
  it('has sixteen configurations', () => {
    expect(configurations.filter(admits)).toHaveLength(16);
  });

  it.each(configurations)('is the state: $vectors, $posters posters, $pcpus pcpus, device $devicePosting', (config) => {
    const words = new Uint32Array(packedWords);
    const again = new Uint32Array(packedWords);
    const seen = new Set<string>();
    for (const state of walk(config, 2000)) {
      pack(state, words, 0);
      seen.add(words.join());
      const unpacked = unpack(words, 0, config);
      expect(JSON.stringify(shown(unpacked))).toBe(JSON.stringify(shown(state)));
      pack(unpacked, again, 0);
      expect(again.join()).toBe(words.join());
    }
    expect(seen.size).toBeGreaterThan(100);
  });

  it('goes on as the state itself', () => {
    const [config] = configurations;
    const words = new Uint32Array(packedWords);
    for (const state of walk(config, 200)) {
      pack(state, words, 0);
      const unpacked = unpack(words, 0, config);
      for (const event of events) {
        const [one, other] = [state, unpacked].map((from) => model.step(from, event));
        if (one instanceof Skip || other instanceof Skip) expect(one).toBe(other);
        else expect(JSON.stringify(shown(other))).toBe(JSON.stringify(shown(one)));
      }
    }
  });

  it('leaves 18 bits of the second word alone', () => {
    const words = new Uint32Array(packedWords);
    const player = new Player({ ...base, vectors: 'three', posters: 2 });
    player.run('startPost', { poster: 1, vector: 0x3e }).run('devicePost', { vector: 0x3e, urgent: true });
    pack(player.state, words, 0);
    expect(words[1] >>> 14).toBe(0);
    expect(words[1]).toBe((1 << 0) | (1 << 7) | (2 << 12));
    words[1] |= 0xffff_c000;
    expect(shown(unpack(words, 0, player.config))).toEqual(shown(player.state));
  });

  it('is not to be had of another profile', () => {
    expect(() => pack(new Player().state, new Uint32Array(packedWords), 0)).toThrow(RangeError);
  });
});
