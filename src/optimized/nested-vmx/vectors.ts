import { vectors } from '../../../spec/nested-vmx/universe.ts';
import type { VectorSet } from '../local-apic/index.ts';

/** The bit that stands for each vector in a word that shows a set. */
export const bitOf = new Uint8Array(256);
vectors.forEach((vector, place) => (bitOf[vector] = 1 << place));

/** The word that shows a set of vectors. Of its eight words only three hold vectors of the universe. */
export const shown = (set: VectorSet): number => shownWords(set[1], set[2], set[7]);

/** The same of two sets together. */
export const shownUnion = (a: VectorSet, b: VectorSet): number => shownWords(a[1] | b[1], a[2] | b[2], a[7] | b[7]);

const shownWords = (word1: number, word2: number, word7: number): number =>
  (word1 & 0x03) | ((word1 >>> 15) & 0x04) | ((word1 >>> 27) & 0x08) | ((word2 & 1) << 4) | ((word7 >>> 13) & 0x20);
