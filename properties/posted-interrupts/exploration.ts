import { Skip, type Model } from '../../spec/contract.ts';
import type { PostedInterruptsEvent } from '../../spec/posted-interrupts/alphabet.ts';
import type { AnyConfiguration } from '../../spec/alphabet.ts';
import type { SystemSpec } from '../../spec/system.ts';
import type { PostedInterruptsConfiguration } from '../../spec/posted-interrupts/configuration.ts';
import { interleavedVectors } from '../../spec/posted-interrupts/universe.ts';
import { postedInterrupts } from '../../spec/posted-interrupts.ts';
import {
  pack,
  PostedInterruptsModel,
  universe,
  unpack,
  type PostedInterruptsState,
} from '../../model/posted-interrupts/index.ts';
import type { Exploration, PackedDrain, PackedLaws, PackedMachine } from '../../src/engine/explore/exploration.ts';
import { packingOf } from '../../src/engine/packing-of.ts';

type Config = PostedInterruptsConfiguration;

const spec = postedInterrupts as unknown as SystemSpec;

/**
 * The profile `interleaved`, exhaustively. States are packed as `docs/posted-interrupts-events.md` lays them out. The
 * laws need no ledger in the spare bits: what is owed to the guest is what is in PIR and IRR, as long as every
 * transition keeps the balance, and each one is judged.
 */
export const postedInterruptsExploration: Exploration = {
  spec,
  profile: 'interleaved',
  reference: (cite) => new PostedInterruptsModel({ cite }) as unknown as Model,
  machine: (config, model) => new ModelMachine(config as unknown as Config, model),
  laws: (config) => lawsOf(config as unknown as Config),
};

/** Outputs of a step: the vectors accepted in bits 2:0, those delivered in bits 5:3, by their places. */
const deliveredAt = 3;

/** Events that mean something under a configuration: others are skipped in every state. */
function codesOf(config: Config): readonly number[] {
  const { events } = packingOf(spec);
  const vectors: readonly number[] = placesOf(config);
  return [...events.keys()].filter((code) => {
    const event = events[code] as PostedInterruptsEvent;
    switch (event.kind) {
      case 'startPost':
        return event.poster < config.posters && vectors.includes(event.vector);
      case 'start':
        return event.operation !== 'load1' || config.pcpus > 1;
      case 'step':
        return event.agent !== 'poster1' || config.posters > 1;
      case 'devicePost':
        return config.devicePosting && event.to === 0 && vectors.includes(event.vector);
      case 'arrive':
        return event.pcpu < config.pcpus && (event.physical === 'posted' || event.physical === 'wakeup');
      case 'eoi':
        return event.vcpu === 0;
      default:
        return false;
    }
  });
}

const placesOf = ({ vectors }: Config): readonly number[] => interleavedVectors[vectors === 'three' ? 'three' : 'two'];

/** A model as a machine on packed states. */
class ModelMachine implements PackedMachine {
  readonly codes: readonly number[];
  readonly initial: readonly [number, number];
  first = 0;
  second = 0;
  outputs = 0;
  readonly canonical?: (second: number) => number;
  private readonly config: Config;
  private readonly model: Model<AnyConfiguration, PostedInterruptsEvent, PostedInterruptsState>;
  private readonly events = packingOf(spec).events as readonly PostedInterruptsEvent[];
  private readonly places: readonly number[];
  private readonly buffer = new Uint32Array(2);
  /** The state that was asked about last, unpacked. */
  private state: PostedInterruptsState;
  private from: readonly [number, number];

  constructor(config: Config, model: Model = postedInterruptsExploration.reference(() => {})) {
    this.config = config;
    this.model = model as unknown as typeof this.model;
    this.places = placesOf(config);
    this.codes = codesOf(config);
    this.state = this.model.initial(config as unknown as AnyConfiguration);
    pack(this.state, this.buffer, 0);
    this.initial = [this.buffer[0], this.buffer[1]];
    this.from = this.initial;
    if (config.posters > 1) this.canonical = sortedPosters;
  }

  step(first: number, second: number, code: number): boolean {
    if (first !== this.from[0] || second !== this.from[1]) {
      this.buffer[0] = first;
      this.buffer[1] = second;
      this.state = unpack(this.buffer, 0, this.config);
      this.from = [first, second];
    }
    const next = this.model.step(this.state, this.events[code]);
    if (next instanceof Skip) return false;
    const state = Array.isArray(next) ? (next as readonly PostedInterruptsState[])[0] : (next as PostedInterruptsState);
    pack(state, this.buffer, 0);
    this.first = this.buffer[0];
    this.second = this.buffer[1];
    this.outputs = this.outputsOf(state);
    return true;
  }

  private outputsOf({ effects, delivery }: PostedInterruptsState): number {
    if (effects.accepted === 0 && delivery.first === 0) return 0;
    const delivered = delivery.first & 0xff;
    return this.places.reduce(
      (word, vector, place) =>
        word |
        (Number(universe.has(effects.accepted, vector)) << place) |
        (Number(delivered === vector) << (deliveredAt + place)),
      0,
    );
  }
}

/** The two posters by program counter and vector, the larger first. */
export function sortedPosters(second: number): number {
  const zero = ((second >>> 2) & 0x1c) | ((second >>> 10) & 3);
  const one = ((second >>> 5) & 0x1c) | ((second >>> 12) & 3);
  if (zero >= one) return second;
  return ((second & ~0x3ff0) | ((one >>> 2) << 4) | ((zero >>> 2) << 7) | ((one & 3) << 10) | ((zero & 3) << 12)) >>> 0;
}

const clauses = [
  'delivered-was-accepted',
  'accepted-is-delivered-or-pending',
  'delivered-is-above-everything',
  'classes-in-service-differ',
  'posted-vector-is-announced',
  'on-means-somebody-will-look',
  'nothing-waits-at-rest',
] as const;

const [notAccepted, lost, notAbove, sameClass, notAnnounced, nobodyLooks, waits] = clauses.keys();

/** Fields of the first word; see "The state in two words". */
const pir = (first: number): number => first & 7;
const irr = (first: number): number => (first >>> 3) & 7;
const isr = (first: number): number => (first >>> 6) & 7;
const on = 1 << 11;
const sn = 1 << 12;
const inGuest = 1 << 16;
const halted = 1 << 17;
const blocked = 1 << 18;
const loaded = 1 << 19;
const targetCounter = 31 << 22;
/** Of the second word. */
const pending = 0xf;
const posterCounter = 7 << 4;
const posterCounters = 0x3f << 4;

function lawsOf(config: Config): PackedLaws {
  const places = placesOf(config);
  /** The place of the highest vector of a set, -1 if it is empty; its class; the classes of a set, one bit each. */
  const sets = Array.from({ length: 8 }, (_, set) => places.filter((_, place) => ((set >> place) & 1) !== 0));
  const highest = Int32Array.from(sets, (set) => (set.length === 0 ? -1 : places.indexOf(Math.max(...set))));
  const topClass = Int32Array.from(sets, (set) => Math.max(0, ...set.map((vector) => vector >> 4)));
  const distinct = Uint8Array.from(sets, (set) =>
    Number(new Set(set.map((vector) => vector >> 4)).size === set.length),
  );
  const name = (set: number): string => sets[set].map((vector) => `0x${vector.toString(16)}`).join(', ');

  const nothingHalfDone = (first: number, second: number): boolean =>
    (first & targetCounter) === 0 && (second & posterCounters) === 0;

  /** "With nothing half done …" */
  const judgeAtRest = (first: number, second: number): number => {
    const somethingPending = (second & pending) !== 0;
    if (pir(first) !== 0 && (first & (on | sn)) === 0) return notAnnounced;
    const runs = (first & inGuest) !== 0;
    const sleeps = (first & (blocked | loaded)) === blocked;
    if ((first & on) !== 0 && !somethingPending && (runs || sleeps)) return nobodyLooks;
    if (somethingPending || !(runs || sleeps)) return -1;
    const takeable = topClass[irr(first)] > topClass[isr(first)];
    return pir(first) !== 0 || takeable ? waits : -1;
  };

  const packing = packingOf(spec);
  const code = (event: PostedInterruptsEvent): number => packing.code(event);
  const stepOf = (agent: 'target' | 'poster0' | 'poster1'): number => code({ kind: 'step', agent });
  const startOf = (operation: 'enter' | 'block' | 'load0'): number => code({ kind: 'start', operation });
  const play = {
    poster0: stepOf('poster0'),
    poster1: stepOf('poster1'),
    target: stepOf('target'),
    arrivals: [0, 1, 2, 3].map((bit) =>
      code({ kind: 'arrive', pcpu: bit < 2 ? 0 : 1, physical: (bit & 1) === 0 ? 'posted' : 'wakeup' }),
    ),
    eoi: code({ kind: 'eoi', vcpu: 0 }),
    enter: startOf('enter'),
    block: startOf('block'),
    load: startOf('load0'),
  };

  /** "Once nothing is accepted any more, … and handlers write EOI, a target that gets its arrivals and entries …" */
  const drain: PackedDrain = {
    clause: 'everything-is-delivered-in-the-end',
    summary: 'nothing more is accepted, everybody goes on, and yet a vector is never taken',
    next(first, second) {
      if ((second & posterCounter) !== 0) return play.poster0;
      if ((second & posterCounters) !== 0) return play.poster1;
      if ((first & targetCounter) !== 0) return play.target;
      if ((second & pending) !== 0) return play.arrivals[31 - Math.clz32(second & pending & -(second & pending))];
      const waiting = pir(first) | irr(first);
      if ((waiting | isr(first)) === 0) return -1;
      if ((first & inGuest) !== 0) return isr(first) === 0 ? -1 : play.eoi;
      // A guest that has halted in a handler takes what is above it, and nothing else.
      if ((first & halted) !== 0 && topClass[waiting] <= topClass[isr(first)]) return -1;
      if ((first & loaded) !== 0) return (first & halted) === 0 ? play.enter : play.block;
      return (first & blocked) === 0 ? play.load : -1;
    },
  };

  return {
    clauses,
    drain,
    quiescent: (first, second) => nothingHalfDone(first, second) && (second & pending) === 0,
    judge(first, _second, event, nextFirst, nextSecond, outputs) {
      if (outputs !== 0 || (first ^ nextFirst) << 26 !== 0) {
        const accepted = outputs & 7;
        const delivered = outputs >>> deliveredAt;
        // Copies of each vector that wait, one in PIR and one in IRR: bit n of `more` says that there are two.
        const some = pir(first) | irr(first);
        const more = pir(first) & irr(first);
        const nextSome = pir(nextFirst) | irr(nextFirst);
        const nextMore = pir(nextFirst) & irr(nextFirst);
        // Waiting then and delivered now are at the most what waited and was accepted: 0 to 2 against 0 to 3.
        const owed = { least: some | accepted, two: more | (some & accepted), three: more & accepted };
        const kept = {
          least: nextSome | delivered,
          two: nextMore | (nextSome & delivered),
          three: nextMore & delivered,
        };
        if ((kept.least & ~owed.least) | (kept.two & ~owed.two) | (kept.three & ~owed.three)) return notAccepted;
        if (owed.least & ~kept.least) return lost;
        if (delivered !== 0) {
          const inService = event === play.eoi ? isr(first) & ~(1 << highest[isr(first)]) : isr(first);
          if (delivered !== 1 << highest[irr(first)] || topClass[delivered] <= topClass[inService]) return notAbove;
        }
        if (distinct[isr(nextFirst)] === 0) return sameClass;
      }
      return nothingHalfDone(nextFirst, nextSecond) ? judgeAtRest(nextFirst, nextSecond) : -1;
    },
    summary(clause, first) {
      switch (clause) {
        case notAccepted:
          return 'a vector is delivered or pending that was not accepted';
        case lost:
          return 'an accepted vector was neither delivered nor is it in PIR or IRR';
        case notAbove:
          return 'a vector was delivered that is not the highest in IRR, or not above what is in service';
        case sameClass:
          return `two vectors of one class are in service: ${name(isr(first))}`;
        case notAnnounced:
          return `everybody is at rest, ${name(pir(first))} in PIR, and neither ON nor SN is set`;
        case nobodyLooks:
          return 'everybody is at rest, ON is set, no notification is pending, and the target does not look';
        default:
          return `everybody is at rest, nothing is pending, and ${name(pir(first) | irr(first))} waits for ever`;
      }
    },
  };
}
