import type { PostedInterruptsConfiguration } from '../../spec/posted-interrupts/configuration.ts';
import { atomicSteps, programs, type AtomicStep } from '../../spec/posted-interrupts/steps.ts';
import { interleavedVectors, physicalVectors } from '../../spec/posted-interrupts/universe.ts';
import type { VectorSet } from '../local-apic/index.ts';
import { initialState } from './initial.ts';
import { physicalPlace, universe } from './machine.ts';
import type { Poster, PostedInterruptsState } from './state.ts';
import { counter } from './views.ts';

/** Words of a packed state. Bits 14 and up of the second are 0: they are to spare. */
export const packedWords = 2;

type Config = PostedInterruptsConfiguration;

/** Steps of a poster come first among all steps: the target's counter is kept without them. */
const posterSteps = programs.post.length;

const stepAt = (value: number): AtomicStep | undefined => (value === 0 ? undefined : atomicSteps[value - 1]);

/** Sets of the vectors in use, by their places in `interleavedVectors`, and back. */
interface Places {
  readonly vectors: readonly number[];
  readonly packed: Uint8Array;
  readonly sets: readonly VectorSet[];
}

function placesFor(used: readonly number[]): Places {
  const sets = Array.from({ length: 1 << used.length }, (_, word) =>
    used.reduce((set, vector, place) => ((word & (1 << place)) === 0 ? set : universe.with(set, vector)), 0),
  );
  const packed = new Uint8Array(1 << universe.vectors.length);
  sets.forEach((set, word) => {
    packed[set] = word;
  });
  return { vectors: used, packed, sets };
}

const two = placesFor(interleavedVectors.two);
const three = placesFor(interleavedVectors.three);

function placesOf({ vectors }: Config): Places {
  if (vectors === 'all') throw new RangeError('only states of the profile interleaved are packed');
  return vectors === 'two' ? two : three;
}

/**
 * Packs a state of profile `interleaved` into two words at `into[at]`, as the page "The state in two words" lays them
 * out. The outputs of the last event are left out. Throws a `RangeError` for another profile.
 */
export function pack(state: PostedInterruptsState, into: Uint32Array, at: number): void {
  const { vectors, packed } = placesOf(state.machine.config);
  const { apic, virtual, core, descriptor, schedule } = state.vcpus[0];
  const { target, posters } = state.steps;
  const rvi = virtual.rvi === 0 ? 0 : 1 + vectors.indexOf(virtual.rvi);
  const targetCounter = target === undefined ? 0 : counter(target) - posterSteps;
  into[at] =
    packed[descriptor.pir] |
    (packed[apic.irr] << 3) |
    (packed[apic.isr] << 6) |
    (rvi << 9) |
    (Number(descriptor.on) << 11) |
    (Number(descriptor.sn) << 12) |
    (Number(descriptor.nv === physicalVectors.wakeup) << 13) |
    (descriptor.ndst << 14) |
    (schedule.pcpu << 15) |
    (Number(schedule.mode === 1) << 16) |
    (Number(core.halted) << 17) |
    (Number(schedule.blocked) << 18) |
    (Number(schedule.loaded) << 19) |
    (schedule.list << 20) |
    (targetCounter << 22);
  const pending = state.physical.reduce((word, physical, p) => word | (packPending(physical.pending) << (2 * p)), 0);
  const [first, second] = posters;
  into[at + 1] =
    pending |
    (counter(first.step) << 4) |
    (counter(second.step) << 7) |
    (packVector(vectors, first) << 10) |
    (packVector(vectors, second) << 12);
}

const packPending = (pending: number): number =>
  ((pending >> physicalPlace.posted) & 1) | (((pending >> physicalPlace.wakeup) & 1) << 1);

const unpackPending = (word: number): number =>
  ((word & 1) << physicalPlace.posted) | (((word >> 1) & 1) << physicalPlace.wakeup);

const packVector = (vectors: readonly number[], { step, vector }: Poster): number =>
  step === undefined ? 0 : vectors.indexOf(vector);

const resting = new WeakMap<Config, PostedInterruptsState>();

/** The state after reset, made once for each configuration: what is constant is taken from it. */
function atReset(config: Config): PostedInterruptsState {
  let state = resting.get(config);
  if (state === undefined) resting.set(config, (state = initialState(config)));
  return state;
}

/** The state that {@link pack} has packed at `words[at]`, without outputs. Higher bits of the second word are ignored. */
export function unpack(words: Uint32Array, at: number, config: Config): PostedInterruptsState {
  const { vectors, sets } = placesOf(config);
  const state = atReset(config);
  const vcpu = state.vcpus[0];
  const first = words[at];
  const second = words[at + 1];
  const bit = (place: number): boolean => ((first >>> place) & 1) !== 0;
  const isr = sets[(first >>> 6) & 7];
  const svi = universe.max(isr);
  const rvi = (first >>> 9) & 3;
  const target = (first >>> 22) & 31;
  const poster = (counterAt: number, vectorAt: number): Poster => {
    const step = stepAt((second >>> counterAt) & 7);
    return { step, vector: step === undefined ? 0 : vectors[(second >>> vectorAt) & 3] };
  };
  return {
    ...state,
    vcpus: [
      {
        apic: { ...vcpu.apic, irr: sets[(first >>> 3) & 7], isr, ppr: svi & 0xf0 },
        virtual: { ...vcpu.virtual, rvi: rvi === 0 ? 0 : vectors[rvi - 1], svi },
        core: { ...vcpu.core, halted: bit(17) },
        descriptor: {
          pir: sets[first & 7],
          on: bit(11),
          sn: bit(12),
          nv: bit(13) ? physicalVectors.wakeup : physicalVectors.posted,
          ndst: (first >>> 14) & 1,
        },
        schedule: {
          mode: bit(16) ? 1 : 0,
          pcpu: (first >>> 15) & 1,
          loaded: bit(19),
          blocked: bit(18),
          list: (first >>> 20) & 3,
        },
      },
    ],
    physical: state.physical.map((_, p) => ({ pending: unpackPending((second >>> (2 * p)) & 3) })),
    steps: { target: stepAt(target === 0 ? 0 : target + posterSteps), posters: [poster(4, 10), poster(7, 12)] },
  };
}
