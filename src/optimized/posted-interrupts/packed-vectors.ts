import { interleavedVectors } from '../../../spec/posted-interrupts/universe.ts';

const places: readonly number[] = interleavedVectors.three;

/** The vectors of each of the eight sets of places. */
const sets = Array.from({ length: 8 }, (_, set) => places.filter((_, place) => ((set >> place) & 1) !== 0));

/** By set of places: 1 + the place of the highest vector, 0 for the empty set. */
export const highestPlace = Uint8Array.from(sets, (set) =>
  set.length === 0 ? 0 : 1 + places.indexOf(Math.max(...set)),
);

/** By set of places: the class of the highest vector, 0 for the empty set. */
export const topClass = Uint8Array.from(sets, (set) => Math.max(0, ...set.map((vector) => vector >> 4)));
