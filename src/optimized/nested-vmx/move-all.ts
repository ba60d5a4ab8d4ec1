import { highest, wordsPerSet, type VectorSet } from '../local-apic/index.ts';

/** Moves all vectors of one set into another. Returns the highest of them, 0 if there is none. */
export function moveAll(from: VectorSet, to: VectorSet): number {
  const top = highest(from);
  for (let i = 0; i < wordsPerSet; i++) {
    to[i] |= from[i];
    from[i] = 0;
  }
  return top;
}
