/** A set of vectors in one word: bit n stands for the n-th vector of the {@link VectorUniverse}. */
export type VectorSet = number;

/** The vectors that a system plays with, 32 at the most, ascending. Sets of them are words, and so are cheap to keep. */
export class VectorUniverse {
  readonly vectors: readonly number[];
  private readonly bits = new Int32Array(256);

  constructor(vectors: readonly number[]) {
    this.vectors = vectors;
    vectors.forEach((vector, place) => {
      this.bits[vector] = 1 << place;
    });
  }

  /** The set of one vector; empty for a vector that is not played with, such as 0. */
  only(vector: number): VectorSet {
    return this.bits[vector];
  }

  has(set: VectorSet, vector: number): boolean {
    return (set & this.bits[vector]) !== 0;
  }

  with(set: VectorSet, vector: number): VectorSet {
    return set | this.bits[vector];
  }

  without(set: VectorSet, vector: number): VectorSet {
    return set & ~this.bits[vector];
  }

  /** The highest vector, 0 if the set is empty. */
  max(set: VectorSet): number {
    return set === 0 ? 0 : this.vectors[31 - Math.clz32(set)];
  }

  /** The vectors that stand in word `n` of a set of 256 bits: those from 32 n to 32 n + 31. */
  inWord(n: number): VectorSet {
    return this.vectors.reduce((set, vector) => (vector >> 5 === n ? this.with(set, vector) : set), 0);
  }

  /** Word `n` of the set as 256 bits: bit x & 31 for vector x. */
  word(set: VectorSet, n: number): number {
    let word = 0;
    for (const vector of this.vectors) if (vector >> 5 === n && this.has(set, vector)) word |= 1 << (vector & 31);
    return word >>> 0;
  }
}

/** Priority class of a vector, a task priority or a processor priority: bits 7:4. */
export const classOf = (priority: number): number => priority >> 4;
