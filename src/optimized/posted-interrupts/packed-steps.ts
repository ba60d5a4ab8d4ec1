import { pack } from '../../../spec/packing.ts';
import { alphabet, type PostedInterruptsEvent } from '../../../spec/posted-interrupts/alphabet.ts';
import type { PostedInterruptsConfiguration } from '../../../spec/posted-interrupts/configuration.ts';
import { planOf } from './packed-plan.ts';
import { highestPlace, topClass } from './packed-vectors.ts';

// The layout is "The state in two words" of `docs/posted-interrupts-events.md`.
const irrAt = 3;
const isrAt = 6;
const rviAt = 9;
const on = 1 << 11;
const sn = 1 << 12;
const nvIsWakeup = 1 << 13;
const ndst = 1 << 14;
const pcpuAt = 15;
const inGuest = 1 << 16;
const halted = 1 << 17;
const blocked = 1 << 18;
const loaded = 1 << 19;
const listAt = 20;
const targetAt = 22;
const target = 31 << targetAt;
const rvi = 3 << rviAt;
const list = 3 << listAt;
const control = sn | nvIsWakeup | ndst;

// The words of PIR that hold the vectors, by place: 0x31 and 0x3e stand in word 1, 0x40 in word 2.
const word1 = 0b101;
const word2 = 0b010;

// Program counters of the target at which something else than the step below it follows.
const toClearOn = 3 << targetAt;
const toWriteRvi = 6 << targetAt;
const toPublishOutside = 8 << targetAt;
const toProcessorClearOn = 9 << targetAt;
const toCheckClearOn = 15 << targetAt;
const toDecide = 18 << targetAt;
const toSchedule = 19 << targetAt;
const toList = 20 << targetAt;
const toDeschedule = 23 << targetAt;
const toReadWord2 = 29 << targetAt;
const toSetOnAfterLoad = 30 << targetAt;
const next = 1 << targetAt;
/** The first step of each operation, in the order of the alphabet's domain. */
const toFirst = [1, 8, 8, 13, 24, 26, 26].map((counter) => counter << targetAt);
/** By program counter of the target, whether the physical CPU takes no interrupt. */
const interruptsOff = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 20, 21, 22, 23].reduce(
  (set, counter) => set | (1 << counter),
  0,
);

/** Vectors whose EOI exits, by place: those of the I/O APIC's lines. */
const eoiExits = 0b011;

/**
 * The profile `interleaved` on states packed into two words: for exhaustive exploration. It keeps no state; `first`,
 * `second` and `outputs` are the answer to the last {@link step}.
 */
export class PackedPostedInterrupts {
  /** Codes of the events that mean something under the configuration. */
  readonly codes: readonly number[];
  /** Loaded on physical CPU 0, outside the guest, everything else at rest. */
  readonly initial: readonly [number, number] = [loaded, 0];
  first = 0;
  second = 0;
  /** Vectors accepted in bits 2:0, delivered in bits 5:3, by place. */
  outputs = 0;
  readonly canonical?: (second: number) => number;
  private readonly hasDevice: boolean;
  /** Per code, see {@link planOf}. */
  private readonly plans: Int32Array;

  constructor(config: PostedInterruptsConfiguration) {
    const { events, size } = pack<PostedInterruptsEvent>(alphabet);
    this.hasDevice = config.devicePosting;
    this.plans = new Int32Array(size).fill(-1);
    events.forEach((event, code) => {
      this.plans[code] = planOf(event, config);
    });
    this.codes = [...this.plans.keys()].filter((code) => this.plans[code] >= 0);
    if (config.posters > 1) this.canonical = sortPosters;
  }

  /** Plays an event; `false`, and nothing else, where its precondition does not hold. */
  step(first: number, second: number, code: number): boolean {
    const plan = this.plans[code];
    const a = (plan >> 8) & 0xff;
    const b = plan >> 16;
    switch (plan & 0xff) {
      // startPost
      case 0:
        return this.startPost(first, second, a, b);
      // start
      case 1:
        return this.start(first, second, a);
      // step
      case 2:
        return a === 0 ? this.stepTarget(first, second) : this.stepPoster(first, second, a - 1);
      // devicePost
      case 3:
        return this.devicePost(first, second, a, b);
      // arrive
      case 4:
        return this.arrive(first, second, a, b);
      // eoi
      default:
        return this.eoi(first, second);
    }
  }

  private answer(first: number, second: number, outputs: number): true {
    this.first = first >>> 0;
    this.second = second >>> 0;
    this.outputs = outputs;
    return true;
  }

  private startPost(first: number, second: number, poster: number, place: number): boolean {
    const counterAt = 4 + 3 * poster;
    if (((second >>> counterAt) & 7) !== 0) return false;
    return this.answer(first, second | (1 << counterAt) | (place << (10 + 2 * poster)), 0);
  }

  private stepPoster(first: number, second: number, poster: number): boolean {
    const counterAt = 4 + 3 * poster;
    const vectorAt = 10 + 2 * poster;
    const counter = (second >>> counterAt) & 7;
    if (counter === 0) return false;
    const atRest = second & ~((7 << counterAt) | (3 << vectorAt));
    const follow = second + (1 << counterAt);
    switch (counter) {
      // set-pir
      case 1: {
        const bit = 1 << ((second >>> vectorAt) & 3);
        return this.answer(first | bit, (first & bit) === 0 ? follow : atRest, bit);
      }
      // set-on
      case 2:
        return this.answer(first | on, (first & on) === 0 ? follow : atRest, 0);
      // read-mode: wake is two steps below
      case 3:
        return this.answer(first, (first & inGuest) === 0 ? follow + (1 << counterAt) : follow, 0);
      // send-notification
      case 4:
        return this.answer(first, atRest | (1 << (2 * ((first >>> pcpuAt) & 1))), 0);
      // wake
      default:
        return this.answer(first & ~blocked, atRest, 0);
    }
  }

  private start(first: number, second: number, operation: number): boolean {
    if ((first & target) !== 0) return false;
    const to = toFirst[operation];
    const isHeld = (first & (loaded | inGuest)) === loaded;
    switch (operation) {
      // enter
      case 0:
        return isHeld && (first & halted) === 0 && this.answer(first | to, second, 0);
      // exit
      case 1:
        return (first & inGuest) !== 0 && this.answer(first | to, second, 0);
      // halt
      case 2:
        return (first & inGuest) !== 0 && this.answer(first | to | halted, second, 0);
      // block
      case 3:
        return isHeld && (first & halted) !== 0 && this.answer(first | to, second, 0);
      // preempt
      case 4:
        return isHeld && this.answer(first | to, second, 0);
      // load0, load1
      default:
        if ((first & (loaded | blocked)) !== 0) return false;
        return this.answer((first & ~(1 << pcpuAt)) | loaded | ((operation - 5) << pcpuAt) | to, second, 0);
    }
  }

  private stepTarget(first: number, second: number): boolean {
    const counter = (first & target) >>> targetAt;
    const bare = first & ~target;
    const follow = first + next;
    switch (counter) {
      case 0:
        return false;
      // publish-in-guest
      case 1:
        return this.answer(follow | inGuest, second, 0);
      // test-on
      case 2:
        return this.answer(bare | ((first & on) === 0 ? toWriteRvi : toClearOn), second, 0);
      // clear-on, processor-clear-on, check-clear-on
      case 3:
      case 9:
      case 15:
        return this.answer(follow & ~on, second, 0);
      // exchange-word-1, check-exchange-word-1
      case 4:
      case 16:
        return this.answer(exchanged(follow, word1), second, 0);
      // exchange-word-2, check-exchange-word-2
      case 5:
      case 17:
        return this.answer(exchanged(follow, word2), second, 0);
      // write-rvi
      case 6:
        return this.answer(withRvi(follow), second, 0);
      // vm-entry, evaluate
      case 7:
      case 12:
        return this.boundary(bare, second);
      // publish-outside
      case 8:
        return this.answer(bare & ~inGuest, second, 0);
      // merge-word-1
      case 10:
        return this.answer(merged(follow, word1), second, 0);
      // merge-word-2
      case 11:
        return this.answer(merged(follow, word2), second, 0);
      // mark-blocked
      case 13:
        return this.answer(follow | blocked, second, 0);
      // check-test-on
      case 14:
        return this.answer(bare | ((first & on) === 0 ? toDecide : toCheckClearOn), second, 0);
      // decide
      case 18: {
        const looked = withRvi(bare);
        const isDeliverable = topClass[(first >>> irrAt) & 7] > topClass[(first >>> isrAt) & 7];
        return this.answer(isDeliverable ? looked & ~(blocked | halted) : looked | toSchedule, second, 0);
      }
      // schedule
      case 19:
        if ((first & blocked) === 0) return this.answer(bare, second, 0);
        return this.answer(bare | (this.hasDevice ? toList : toDeschedule), second, 0);
      // list
      case 20:
        return this.answer((follow & ~list) | ((1 + ((first >>> pcpuAt) & 1)) << listAt), second, 0);
      // switch-nv
      case 21:
        return this.answer(follow | nvIsWakeup, second, 0);
      // test-on-after-switch
      case 22: {
        const wakeup = (first & on) === 0 ? 0 : 2 << (2 * ((first >>> pcpuAt) & 1));
        return this.answer(follow, second | wakeup, 0);
      }
      // deschedule, deschedule-preempted
      case 23:
      case 25:
        return this.answer(bare & ~loaded, second, 0);
      // set-sn
      case 24:
        return this.answer(this.hasDevice ? follow | sn : follow, second, 0);
      // unlist
      case 26:
        return this.answer(follow & ~list, second, 0);
      // set-control: NDST stands just below the physical CPU
      case 27:
        return this.answer((follow & ~control) | ((first >>> 1) & ndst), second, 0);
      // read-pir-word-1
      case 28:
        return this.answer(bare | ((first & word1) === 0 ? toReadWord2 : toSetOnAfterLoad), second, 0);
      // read-pir-word-2
      case 29:
        return this.answer((first & word2) === 0 ? bare : bare | toSetOnAfterLoad, second, 0);
      // set-on-after-load
      default:
        return this.answer(bare | on, second, 0);
    }
  }

  private devicePost(first: number, second: number, place: number, urgent: number): boolean {
    const bit = 1 << place;
    const isSilent = (first & on) !== 0 || (urgent === 0 && (first & sn) !== 0);
    if (isSilent) return this.answer(first | bit, second, bit);
    const vector = (first & nvIsWakeup) === 0 ? 1 : 2;
    return this.answer(first | bit | on, second | (vector << ((first & ndst) === 0 ? 0 : 2)), bit);
  }

  private arrive(first: number, second: number, p: number, isWakeup: number): boolean {
    const bit = (isWakeup === 0 ? 1 : 2) << (2 * p);
    if ((second & bit) === 0) return false;
    const counter = (first & target) >>> targetAt;
    const isHere = ((first >>> pcpuAt) & 1) === p;
    if (isHere && ((interruptsOff >>> counter) & 1) !== 0) return false;
    const taken = second & ~bit;
    const interrupts = isHere && counter === 0 && (first & inGuest) !== 0;
    if (isWakeup === 0) return this.answer(interrupts ? first | toProcessorClearOn : first, taken, 0);
    const wakes = (first & list) >>> listAt === 1 + p && (first & on) !== 0;
    const after = wakes ? first & ~blocked : first;
    return this.answer(interrupts ? after | toPublishOutside : after, taken, 0);
  }

  private eoi(first: number, second: number): boolean {
    if ((first & (inGuest | target | halted)) !== inGuest) return false;
    const top = highestPlace[(first >>> isrAt) & 7];
    const bit = top === 0 ? 0 : 1 << (top - 1);
    const after = first & ~(bit << isrAt);
    return (bit & eoiExits) === 0 ? this.boundary(after, second) : this.answer(after & ~inGuest, second, 0);
  }

  /** Evaluation and the boundary after it: RVI is delivered if it is above what is in service. */
  private boundary(first: number, second: number): true {
    const place = (first >>> rviAt) & 3;
    const bit = place === 0 ? 0 : 1 << (place - 1);
    if (topClass[bit] <= topClass[(first >>> isrAt) & 7]) return this.answer(first, second, 0);
    const acknowledged = (first & ~((bit << irrAt) | halted)) | (bit << isrAt);
    return this.answer(withRvi(acknowledged), second, bit << 3);
  }
}

/** A word of PIR goes into IRR. */
const exchanged = (first: number, word: number): number => (first & ~word) | ((first & word) << irrAt);

/** The same, and RVI becomes the higher of itself and what was found. */
function merged(first: number, word: number): number {
  const old = (first & rvi) >>> rviAt;
  const raised = highestPlace[(first & word) | (old === 0 ? 0 : 1 << (old - 1))];
  return (exchanged(first, word) & ~rvi) | (raised << rviAt);
}

/** RVI becomes the highest vector of IRR. */
const withRvi = (first: number): number => (first & ~rvi) | (highestPlace[(first >>> irrAt) & 7] << rviAt);

/** Posters are interchangeable: the one with the larger program counter, then vector, comes first. */
function sortPosters(second: number): number {
  const zero = ((second >>> 2) & 0x1c) | ((second >>> 10) & 3);
  const one = ((second >>> 5) & 0x1c) | ((second >>> 12) & 3);
  if (zero >= one) return second;
  const counters = ((one >>> 2) << 4) | ((zero >>> 2) << 7);
  return ((second & ~0x3ff0) | counters | ((one & 3) << 10) | ((zero & 3) << 12)) >>> 0;
}
