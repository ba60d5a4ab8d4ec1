import type { PostedInterruptDescriptor } from '../../src/optimized/posted-interrupts/index.ts';
import { descriptors, type Race } from './races.ts';

/** What threads are told when they start. */
export interface Start {
  readonly buffer: SharedArrayBuffer;
  readonly race: Race;
  readonly posters: number;
  /** Which poster this is. */
  readonly poster: number;
  readonly seed: number;
  readonly seconds: number;
}

export const pcpus = 2;
export const maxPosters = 4;
export const vectorsPerPoster = 256;

/** Values of {@link Arena.mode} and {@link Arena.blocked}. */
export const outside = 0;
export const inGuest = 1;
export const awake = 0;
export const asleep = 1;
/** Asleep, and an interrupt has arrived at the physical CPU: the thread runs, the virtual CPU does not. */
export const rung = 2;

/** Physical vectors, as bits of what is pending. */
export const postedBit = 1;
export const wakeupBit = 2;

/** How posters post in a round. */
export interface Round {
  /** Most posts of each. */
  readonly burst: number;
  /** Vectors. */
  readonly first: number;
  readonly last: number;
  /** Whether the device is assigned. */
  readonly device: boolean;
}

/** A word alone in its cache line, as descriptors are. */
const line = 64;
const at = (index: number): number => (index * line) / 4;
const ledgerLine = 12;

/** The memory that the target and its posters share. Every word of it is accessed by `Atomics`, but for the ledger's. */
export class Arena {
  static readonly byteLength = ledgerLine * line + maxPosters * vectorsPerPoster * 4;
  readonly descriptor: PostedInterruptDescriptor;
  /** Posts that each poster has begun, by poster and vector: the data that an interrupt announces. */
  readonly issued: Int32Array;
  readonly #words: Int32Array<SharedArrayBuffer>;

  constructor(buffer: SharedArrayBuffer, race: Race) {
    this.descriptor = new descriptors[race](buffer, 0);
    this.#words = new Int32Array(buffer, 0, (ledgerLine * line) / 4);
    this.issued = new Int32Array(buffer, ledgerLine * line);
  }

  get mode(): number {
    return Atomics.load(this.#words, at(1));
  }
  set mode(value: number) {
    Atomics.store(this.#words, at(1), value);
  }

  get blocked(): number {
    return Atomics.load(this.#words, at(2));
  }
  set blocked(value: number) {
    Atomics.store(this.#words, at(2), value);
  }

  /** The physical CPU that the target was loaded on last. */
  get pcpu(): number {
    return Atomics.load(this.#words, at(3));
  }
  set pcpu(value: number) {
    Atomics.store(this.#words, at(3), value);
  }

  /** The number of the round; 0 before the first, -1 after the last. */
  get round(): number {
    return Atomics.load(this.#words, at(4));
  }

  /** Posters that have not posted all of their burst. */
  get busy(): number {
    return Atomics.load(this.#words, at(5));
  }

  /** Begins a round: every poster posts a burst, as `kind` says. */
  beginRound(round: number, posters: number, kind: Round): void {
    Atomics.store(this.#words, at(5), posters);
    Atomics.store(this.#words, at(6), kind.burst);
    Atomics.store(this.#words, at(7), kind.first | (kind.last << 8) | (kind.device ? 1 << 16 : 0));
    Atomics.store(this.#words, at(4), round);
    Atomics.notify(this.#words, at(4));
  }

  /** How posters post in this round. */
  get kind(): Round {
    const vectors = Atomics.load(this.#words, at(7));
    return {
      burst: Atomics.load(this.#words, at(6)),
      first: vectors & 0xff,
      last: (vectors >>> 8) & 0xff,
      device: vectors >>> 16 !== 0,
    };
  }

  /** A poster waits for the round after `round`, and gets its number. */
  awaitRound(round: number): number {
    for (let i = 0; i < 200; i++) if (this.round !== round) break;
    // A notification may come late, and find a poster that waits for the next round already.
    while (this.round === round) Atomics.wait(this.#words, at(4), round);
    return this.round;
  }

  /** A poster has posted its burst. Whoever is the last one has the target's thread look whether all is at rest. */
  finishBurst(): void {
    if (Atomics.sub(this.#words, at(5), 1) === 1) this.#ring();
  }

  /** A physical vector is sent to a physical CPU. */
  send(pcpu: number, bit: number): void {
    Atomics.or(this.#words, at(8 + pcpu), bit);
    this.#ring();
  }

  pending(pcpu: number): number {
    return Atomics.load(this.#words, at(8 + pcpu));
  }

  /** All that is pending on a physical CPU arrives. */
  arrive(pcpu: number): number {
    return Atomics.exchange(this.#words, at(8 + pcpu), 0);
  }

  /** Software wakes the virtual CPU. */
  wake(): void {
    if (Atomics.exchange(this.#words, at(2), awake) !== awake) Atomics.notify(this.#words, at(2));
  }

  #ring(): void {
    if (Atomics.compareExchange(this.#words, at(2), asleep, rung) === asleep) Atomics.notify(this.#words, at(2));
  }

  /** The state, for a message. */
  describe(): string {
    const { mode, blocked, pcpu, round, busy } = this;
    const pending = [this.pending(0), this.pending(1)];
    return JSON.stringify({ mode, blocked, pcpu, round, busy, pending, descriptor: [...this.descriptor.words] });
  }

  /** The thread of a sleeping virtual CPU waits until something happens to it. */
  sleep(): void {
    Atomics.wait(this.#words, at(2), asleep);
  }

  /** A sleeping virtual CPU whose thread was rung for goes on sleeping, unless it was woken since. */
  sleepAgain(): void {
    Atomics.compareExchange(this.#words, at(2), rung, asleep);
  }
}
