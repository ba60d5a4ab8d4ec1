import type { AnyConfiguration } from '../../../spec/alphabet.ts';
import type { Attribution } from './attribution.ts';
import type { Comparison } from './comparison.ts';
import type { Witness } from './tally.ts';
import { defaultConfiguration } from './words.ts';

/**
 * Leaves events out of a sequence, and takes parameters back to their defaults, for as long as the same makes the
 * difference: 1-minimal.
 */
export function shorten(comparison: Comparison, witness: Witness, { name, broken }: Attribution): Witness {
  const shows = (config: AnyConfiguration, codes: Uint16Array): boolean => {
    if (!comparison.play(config, codes)) return false;
    const last = comparison.judged.at(-1)!;
    return last.name === name && last.broken === broken;
  };
  let { config, codes } = witness;
  if (!shows(config, codes)) return witness;
  codes = codes.slice(0, comparison.length);
  for (let isSmaller = true; isSmaller;) {
    isSmaller = false;
    for (let size = Math.max(1, codes.length >> 1); size >= 1; size >>= 1) {
      for (let at = 0; at + size <= codes.length;) {
        const fewer = Uint16Array.from([...codes.slice(0, at), ...codes.slice(at + size)]);
        if (fewer.length > 0 && shows(config, fewer)) {
          codes = fewer;
          isSmaller = true;
        } else {
          at += 1;
        }
      }
    }
    for (const [key, value] of Object.entries(defaultConfiguration)) {
      if (key === 'profile' || config[key] === value) continue;
      const simpler = Object.freeze({ ...config, [key]: value });
      if (!shows(simpler, codes)) continue;
      config = simpler;
      isSmaller = true;
    }
  }
  return { config, codes };
}
