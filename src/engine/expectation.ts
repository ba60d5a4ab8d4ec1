import type { Model, SectionView } from '../../spec/contract.ts';
import type { Layout } from './layout.ts';

/**
 * The words that a model's state shows, kept up to date from state to state. A part of the state that is the same
 * object as before has the same words, and is not encoded again.
 */
export class Expectation {
  /** Expected words; valid up to the size of the layout. */
  words = new Uint32Array(0);
  /** Bits that are compared, per word. */
  defined = new Uint32Array(0);
  /** Words of the current layout. */
  size = 0;
  /** Whether any bit is left out of the comparison. */
  private masked = false;
  private readonly views: readonly SectionView<unknown>[];
  private readonly shows: ReadonlySet<string>;
  private layout: Layout | undefined;
  // One slot per instance of a section, as parallel arrays.
  private slots = 0;
  private readonly view: SectionView<unknown>[] = [];
  private readonly index: number[] = [];
  private readonly first: number[] = [];
  private readonly part: (object | undefined)[] = [];

  constructor(model: Model, shows: ReadonlySet<string>) {
    this.views = model.views;
    this.shows = shows;
  }

  /** Begins a sequence. */
  begin(layout: Layout): void {
    if (layout !== this.layout) this.place(layout);
    this.part.fill(undefined);
  }

  /** Takes over what a state shows. */
  update(state: unknown): void {
    const { view, index, part, slots } = this;
    for (let slot = 0; slot < slots; slot++) {
      const shown = view[slot]!.part(state, index[slot]!);
      if (shown === part[slot]) continue;
      part[slot] = shown;
      this.encode(slot, shown);
    }
  }

  /** Whether an observation is another one than the state shows. */
  differs(observed: Uint32Array): boolean {
    const { words, defined, size } = this;
    let difference = 0;
    if (this.masked) {
      for (let i = 0; i < size; i++) difference |= (words[i]! ^ observed[i]!) & defined[i]!;
    } else {
      for (let i = 0; i < size; i++) difference |= words[i]! ^ observed[i]!;
    }
    return difference !== 0;
  }

  /**
   * Whether an observation after a skipped event is another one than before it, apart from outputs of the step, which
   * an implementation may have zeroed.
   */
  differsAfterSkip(observed: Uint32Array): boolean {
    const { words, defined, size } = this;
    let difference = 0;
    for (let i = 0; i < size; i++) {
      const bits = observed[i]! & defined[i]!;
      if (bits !== 0) difference |= bits ^ (words[i]! & defined[i]!);
    }
    return difference !== 0;
  }

  private encode(slot: number, part: object): void {
    const { words, defined } = this;
    const view = this.view[slot]!;
    const first = this.first[slot]!;
    const encoded = view.words(part);
    for (let i = 0; i < encoded.length; i++) words[first + i] = encoded[i]!;
    if (view.defined === undefined) return;
    const bits = view.defined(part);
    for (let i = 0; i < bits.length; i++) defined[first + i] = bits[i]!;
  }

  private place(layout: Layout): void {
    this.layout = layout;
    this.size = layout.size;
    this.words = new Uint32Array(layout.size);
    this.defined = new Uint32Array(layout.size).fill(0xffff_ffff);
    this.masked = false;
    let slot = 0;
    layout.sections.forEach(({ name, first, count, fields }, s) => {
      if (!this.shows.has(name)) {
        this.defined.fill(0, first, first + count * fields.length);
        this.masked = true;
        return;
      }
      const view = this.views[s]!;
      if (view.defined !== undefined) this.masked = true;
      for (let index = 0; index < count; index++) {
        this.view[slot] = view;
        this.index[slot] = index;
        this.first[slot] = first + index * fields.length;
        this.part[slot] = undefined;
        slot++;
      }
    });
    this.slots = slot;
  }
}
