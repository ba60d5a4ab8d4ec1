import type { AnyConfiguration } from './alphabet.ts';

/** One 32-bit word of an observation. */
export interface Field {
  readonly doc: string;
  readonly format: 'hex' | 'decimal' | 'bits';
  /** For `bits`: the name of each bit, lowest first. */
  readonly bits?: readonly string[];
}

/**
 * A group of words that is seen together, `count` times over (once per CPU, per list register, …).
 * A section is also the unit of capability: an implementation declares which ones it shows.
 */
export interface Section<C = AnyConfiguration> {
  readonly doc: string;
  /** How often the section stands in the observation under a configuration. */
  readonly count: (config: C) => number;
  /** What the i-th one is called: `cpu0`, `lr2`. */
  readonly label: (config: C, index: number) => string;
  readonly fields: Readonly<Record<string, Field>>;
}

/** What is seen of an implementation after each event: sections of 32-bit words, in declaration order. */
export type ObservationLayout<C = AnyConfiguration> = Readonly<Record<string, Section<C>>>;

/** An observation as plain data: per section, per index, the fields by name. Undeclared sections are absent. */
export type ObservationData = Readonly<Record<string, readonly Readonly<Record<string, number>>[]>>;

/** Declares one word. */
export const word = (doc: string, format: 'hex' | 'decimal' = 'hex'): Field => ({ doc, format });

/** Declares a word of named bits, lowest first. */
export const bits = (doc: string, names: readonly string[]): Field => ({ doc, format: 'bits', bits: names });
