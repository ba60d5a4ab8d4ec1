import { physicalVectors, vectors } from '../../../spec/posted-interrupts/universe.ts';

/** The bit that stands for each vector in a word that shows a set, 0 for vectors that are not shown. */
export const bitOf = new Uint8Array(256);
vectors.forEach((vector, place) => (bitOf[vector] = 1 << place));

/** The word that shows a set of vectors. Of its eight words only three hold vectors that are shown. */
export const shown = (word1: number, word2: number, word7: number): number =>
  (word1 & 0x03) | ((word1 >>> 15) & 0x04) | ((word1 >>> 27) & 0x18) | ((word2 & 1) << 5) | ((word7 >>> 11) & 0xc0);

const names = Object.keys(physicalVectors) as readonly (keyof typeof physicalVectors)[];
const physicalBit = (name: keyof typeof physicalVectors): number => 1 << names.indexOf(name);

/** The bits that stand for physical vectors, and their number. */
export const posted = physicalBit('posted');
export const wakeup = physicalBit('wakeup');
export const nestedNotification = physicalBit('nested');
export const kickVector = physicalBit('kick');
export const physicalCount = names.length;

/** The physical vector that a bit stands for. */
export const physicalVectorOf = (bit: number): number => physicalVectors[names[31 - Math.clz32(bit)]];
