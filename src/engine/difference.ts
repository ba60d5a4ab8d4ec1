import type { Field } from '../../spec/observation.ts';
import type { Difference } from './counterexample.ts';
import type { Expectation } from './expectation.ts';
import type { Layout } from './layout.ts';

/**
 * The words in which an observation differs from what every possible state shows; where each word is allowed by one
 * state or another, but not all of them by the same state, the words that differ from the first state.
 */
export function differencesFrom(
  layout: Layout,
  states: readonly unknown[],
  expectation: Expectation,
  observed: Uint32Array,
): Difference[] {
  const shown = states.map((state) => {
    expectation.update(state);
    return { words: expectation.words.slice(0, layout.size), defined: expectation.defined.slice(0, layout.size) };
  });
  const differs = ({ words, defined }: (typeof shown)[number], i: number): boolean =>
    ((words[i] ^ observed[i]) & defined[i]) !== 0;
  const everywhere = [...observed.keys()].filter((i) => shown.every((state) => differs(state, i)));
  const places = everywhere.length > 0 ? everywhere : [...observed.keys()].filter((i) => differs(shown[0], i));
  return places.map((i) => {
    const { section, index, label, field } = layout.place(i);
    const allowed = [...new Set(shown.map(({ words }) => words[i]))];
    return { section, index, label, field, allowed, observed: observed[i], defined: shown[0].defined[i] };
  });
}

/** The sections and fields in which something differs, as `section.field`, sorted: what two findings have in common. */
export const signatureOf = (differences: readonly Difference[]): string[] =>
  [...new Set(differences.map(({ section, field }) => `${section}.${field}`))].toSorted();

/** A word as its field's format wants it read. */
export function wordText(value: number, format: Field): string {
  switch (format.format) {
    case 'decimal':
      return String(value);
    case 'hex':
      return `0x${value.toString(16)}`;
    case 'bits': {
      const names = Array.from({ length: 32 }, (_, bit) => bit).filter((bit) => (value >>> bit) & 1);
      return `{${names.map((bit) => format.bits?.[bit] ?? `bit ${bit}`).join(' ')}}`;
    }
  }
}
