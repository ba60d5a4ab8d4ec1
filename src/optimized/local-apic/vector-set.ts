/** A set of interrupt vectors: 256 bits as eight 32-bit words. Bit v is bit `v & 31` of word `v >> 5`. */
export type VectorSet = Uint32Array;

/** Words of a set. */
export const wordsPerSet = 8;

/** An empty set. */
export const vectorSet = (): VectorSet => new Uint32Array(wordsPerSet);

/** Adds a vector. */
export const insert = (set: VectorSet, vector: number): void => {
  set[vector >>> 5] |= 1 << (vector & 31);
};

/** Takes a vector out. */
export const remove = (set: VectorSet, vector: number): void => {
  set[vector >>> 5] &= ~(1 << (vector & 31));
};

/** Whether a vector is in it. */
export const has = (set: VectorSet, vector: number): boolean => ((set[vector >>> 5] >>> (vector & 31)) & 1) !== 0;

/** Highest vector of a word of a set that is not zero; `index` is its place in the set. */
export const highestOfWord = (word: number, index: number): number => (index << 5) | (31 - Math.clz32(word));

/** Highest vector, 0 if the set is empty: the manuals' own way to say none. */
export function highest(set: VectorSet): number {
  for (let i = wordsPerSet - 1; i >= 0; i--) {
    const word = set[i];
    if (word !== 0) return highestOfWord(word, i);
  }
  return 0;
}
