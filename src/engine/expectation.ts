import type { Model, SectionView } from '../../spec/contract.ts';
import type { Layout } from './layout.ts';

/** One section under a layout: the words of its instances, and the parts of the state that they were taken from. */
interface Showing {
  readonly view: SectionView<unknown>;
  /** Offset of its first word, words per instance, instances. */
  readonly first: number;
  readonly stride: number;
  readonly count: number;
  whole: object | undefined;
  readonly parts: (object | undefined)[];
}

/** The buffers of all layouts with the same instances. They stay from sequence to sequence, as words stay with parts. */
interface Buffers {
  readonly words: Uint32Array;
  readonly defined: Uint32Array;
  readonly showings: readonly Showing[];
}

const everyBit = 0xffff_ffff;

/**
 * The words that a model's state shows, kept up to date from state to state. A part of the state that is the same
 * object as before has the same words, and is not encoded again.
 */
export class Expectation {
  /** Expected words. */
  words: Uint32Array = new Uint32Array(0);
  /** Bits that are compared, per word. */
  defined: Uint32Array = new Uint32Array(0);
  private showings: readonly Showing[] = [];
  private readonly model: Model;
  private readonly shows: ReadonlySet<string>;
  private readonly buffers = new Map<Layout, Buffers>();
  /** By the number of instances of each section. */
  private readonly buffersOfCounts = new Map<string, Buffers>();

  constructor(model: Model, shows: ReadonlySet<string>) {
    this.model = model;
    this.shows = shows;
  }

  /** Begins a sequence. */
  begin(layout: Layout): void {
    const { words, defined, showings } = this.buffers.get(layout) ?? this.newBuffers(layout);
    this.words = words;
    this.defined = defined;
    this.showings = showings;
  }

  /** Takes over what a state shows. */
  update(state: unknown): void {
    const { showings } = this;
    for (let s = 0; s < showings.length; s++) {
      const showing = showings[s];
      const { view, parts, count } = showing;
      if (view.whole !== undefined) {
        const whole = view.whole(state);
        if (whole === showing.whole) continue;
        showing.whole = whole;
      }
      for (let index = 0; index < count; index++) {
        const part = view.part(state, index);
        if (part === parts[index]) continue;
        parts[index] = part;
        this.encode(view, part, showing.first + index * showing.stride);
      }
    }
  }

  /** Whether an observation is another one than the state shows. */
  differs(observed: Uint32Array): boolean {
    return different(this.words, observed, this.defined, this.words.length);
  }

  /**
   * Whether an observation after a skipped event is another one than before it, apart from outputs of the step, which
   * an implementation may have zeroed.
   */
  differsAfterSkip(observed: Uint32Array): boolean {
    return differentOrZero(this.words, observed, this.defined, this.words.length);
  }

  private encode(view: SectionView<unknown>, part: object, first: number): void {
    const { words, defined } = this;
    const encoded = view.words(part);
    for (let i = 0; i < encoded.length; i++) words[first + i] = encoded[i];
    if (view.defined === undefined) return;
    const bits = view.defined(part);
    for (let i = 0; i < encoded.length; i++) defined[first + i] = bits === undefined ? everyBit : bits[i];
  }

  private newBuffers(layout: Layout): Buffers {
    const counts = layout.sections.map(({ count }) => count).join();
    const buffers = this.buffersOfCounts.get(counts) ?? this.place(layout);
    this.buffersOfCounts.set(counts, buffers);
    this.buffers.set(layout, buffers);
    return buffers;
  }

  private place(layout: Layout): Buffers {
    const words = new Uint32Array(layout.size);
    const defined = new Uint32Array(layout.size);
    const showings = layout.sections.flatMap(({ name, first, count, fields }, s): Showing[] => {
      if (!this.shows.has(name)) return [];
      defined.fill(everyBit, first, first + count * fields.length);
      const parts = Array.from({ length: count }, (): object | undefined => undefined);
      return [{ view: this.model.views[s], first, stride: fields.length, count, whole: undefined, parts }];
    });
    return { words, defined, showings };
  }
}

// Functions of their own with the length as an argument: as methods the loops were measured to take twice the time.

function different(words: Uint32Array, observed: Uint32Array, defined: Uint32Array, size: number): boolean {
  for (let i = 0; i < size; i++) if (((words[i] ^ observed[i]) & defined[i]) !== 0) return true;
  return false;
}

function differentOrZero(words: Uint32Array, observed: Uint32Array, defined: Uint32Array, size: number): boolean {
  for (let i = 0; i < size; i++) {
    if (((words[i] ^ observed[i]) & defined[i]) !== 0 && (observed[i] & defined[i]) !== 0) return true;
  }
  return false;
}
