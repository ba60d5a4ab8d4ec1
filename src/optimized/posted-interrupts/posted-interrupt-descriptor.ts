import { highestOfWord, wordsPerSet, type VectorSet } from '../local-apic/index.ts';

const controlWord = 8;
const ndstWord = 9;

/** Bits of the control word, which is bits 287:256 of the descriptor. */
export const outstanding = 1 << 0;
export const suppressed = 1 << 1;
const vectorShift = 16;
const vectorMask = 0xff << vectorShift;

/**
 * A posted-interrupt descriptor in shared memory: PIR is words 0 to 7, ON, SN and NV are in word 8, NDST is word 9. Any
 * number of threads may use one, each through an object of its own over the same buffer: every change is an atomic
 * read-modify-write of a word.
 *
 * The descriptor's 64-byte accesses are two here where they concern two words. The first of them never tells anybody
 * anything: a device sets its bit in PIR before it looks at ON and SN, and NDST is written before SN is cleared.
 */
export class PostedInterruptDescriptor {
  static readonly byteLength = 64;
  /** The descriptor as it stands in memory. */
  readonly words: Int32Array<SharedArrayBuffer>;

  /** `byteOffset` is that of the descriptor in the buffer: a multiple of 64. */
  constructor(buffer = new SharedArrayBuffer(PostedInterruptDescriptor.byteLength), byteOffset = 0) {
    this.words = new Int32Array(buffer, byteOffset, PostedInterruptDescriptor.byteLength / 4);
  }

  /** Nothing posted; for one who has the descriptor for himself. */
  reset(control: number, ndst: number): void {
    this.words.fill(0);
    this.words[controlWord] = control;
    this.words[ndstWord] = ndst;
  }

  /** The control word. */
  get control(): number {
    return Atomics.load(this.words, controlWord);
  }

  get on(): boolean {
    return (this.control & outstanding) !== 0;
  }

  /** Notification vector. */
  get nv(): number {
    return (this.control & vectorMask) >>> vectorShift;
  }

  get ndst(): number {
    return Atomics.load(this.words, ndstWord);
  }

  /** Sets a bit of PIR; whether it was set before. */
  testAndSetPir(vector: number): boolean {
    const bit = 1 << (vector & 31);
    return (Atomics.or(this.words, vector >>> 5, bit) & bit) !== 0;
  }

  /** Sets ON; whether it was set before. */
  testAndSetOn(): boolean {
    return (Atomics.or(this.words, controlWord, outstanding) & outstanding) !== 0;
  }

  clearOn(): void {
    Atomics.and(this.words, controlWord, ~outstanding);
  }

  setSn(): void {
    Atomics.or(this.words, controlWord, suppressed);
  }

  clearSn(): void {
    Atomics.and(this.words, controlWord, ~suppressed);
  }

  /**
   * A CPU posts. "A CPU sets the bit in PIR before it looks at or sets ON": the other way round, the target could clear
   * ON and find PIR still empty. Whether ON is newly set: the caller has to notify.
   */
  post(vector: number): boolean {
    return !this.testAndSetPir(vector) && !this.testAndSetOn();
  }

  /**
   * A device posts. "If ON is 0, and SN is 0 or the post is urgent, a device post sets ON and sends one notification."
   * Returns the control word that it decided on if it has to notify, NV of which is the vector to send; else -1.
   */
  devicePost(vector: number, urgent: boolean): number {
    this.testAndSetPir(vector);
    const { words } = this;
    const prevents = urgent ? outstanding : outstanding | suppressed;
    for (let seen = Atomics.load(words, controlWord); (seen & prevents) === 0;) {
      const found = Atomics.compareExchange(words, controlWord, seen, seen | outstanding);
      if (found === seen) return seen;
      seen = found;
    }
    return -1;
  }

  /** Takes one word of PIR, in one access. */
  takeWord(index: number): number {
    return Atomics.exchange(this.words, index, 0);
  }

  /**
   * Moves PIR into `irr`, and returns the highest vector found in PIR, 0 if it was empty. Who calls it has cleared ON:
   * the reading of a word is ordered after that, so that a post which it misses finds ON clear and notifies.
   */
  moveInto(irr: VectorSet): number {
    const { words } = this;
    let found = 0;
    for (let i = 0; i < wordsPerSet; i++) {
      if (words[i] === 0) continue;
      const word = Atomics.exchange(words, i, 0);
      irr[i] |= word;
      if (word !== 0) found = highestOfWord(word, i);
    }
    return found;
  }

  /** Software takes what is posted: nothing with ON 0; else "ON is cleared before PIR is read". Whether ON was set. */
  sync(irr: VectorSet): boolean {
    if (!this.on) return false;
    this.clearOn();
    this.moveInto(irr);
    return true;
  }

  /** Posted-interrupt processing, after the notification vector was acknowledged. The highest vector found, or 0. */
  processNotification(irr: VectorSet): number {
    this.clearOn();
    return this.moveInto(irr);
  }

  /** Whether anything is posted. */
  get posted(): boolean {
    for (let i = 0; i < wordsPerSet; i++) if (Atomics.load(this.words, i) !== 0) return true;
    return false;
  }

  /** Scheduling in: "SN := 0, NDST := the new physical CPU and NV := the notification vector". */
  setControl(ndst: number, nv: number): void {
    Atomics.store(this.words, ndstWord, ndst);
    this.#setVector(nv, suppressed);
  }

  /** The whole of scheduling in: "After SN is cleared at scheduling in, ON is set if PIR is not empty." */
  load(ndst: number, nv: number): void {
    this.setControl(ndst, nv);
    if (this.posted) this.testAndSetOn();
  }

  /** Before it sleeps, a virtual CPU has itself woken by vector `nv`. Whether ON was set: nobody else wakes it then. */
  switchNv(nv: number): boolean {
    return (this.#setVector(nv, 0) & outstanding) !== 0;
  }

  /** Writes NV and clears the bits of `cleared`, in one access. Returns the control word before. */
  #setVector(nv: number, cleared: number): number {
    const { words } = this;
    let seen = Atomics.load(words, controlWord);
    for (;;) {
      const next = (seen & ~(vectorMask | cleared)) | (nv << vectorShift);
      const found = Atomics.compareExchange(words, controlWord, seen, next);
      if (found === seen) return seen;
      seen = found;
    }
  }
}

/** A control word with ON 0. */
export const controlOf = (nv: number, sn: boolean): number => (nv << vectorShift) | (sn ? suppressed : 0);

/** NV of a control word. */
export const vectorOf = (control: number): number => (control & vectorMask) >>> vectorShift;
