import type { Layout } from './layout.ts';
import type { Seen } from './property.ts';

/** An observation as laws and equivalences read it. */
export class WordSeen implements Seen {
  /** The current observation. */
  words: Uint32Array;
  private readonly layout: Layout;

  constructor(layout: Layout, start?: Uint32Array) {
    this.layout = layout;
    this.words = start ?? new Uint32Array(layout.size);
  }

  get(section: string, index: number, field: string): number {
    return this.words[this.layout.offset(section, index, field)];
  }
}
