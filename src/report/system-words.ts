import type { AnyConfiguration, AnyEvent } from '../../spec/alphabet.ts';

/** The words of one instance of a section, by field name, as unsigned 32-bit numbers. */
export type SectionWords = Readonly<Record<string, number>>;

/**
 * How one field reads, as `name value`. `against` are the values it is compared with: a register of many parts shows
 * only the parts that differ from them.
 */
export type FieldReader = (value: number, against: readonly number[], config: AnyConfiguration) => string;

/** How the observations and events of one system read to people. Whatever is absent reads the generic way. */
export interface SystemWords {
  /** An event in a few words. */
  readonly event?: (event: AnyEvent, config: AnyConfiguration) => string;
  /** What an event replied, for events that reply; shown even where the word did not change. */
  readonly reply?: {
    readonly section: string;
    readonly field: string;
    /** The reply in words; `undefined` for events that have none. */
    readonly read: (event: AnyEvent, value: number) => string | undefined;
  };
  /** What instances of a section are called in front of a phrase; empty where that goes without saying. */
  readonly instances?: (section: string, labels: readonly string[], config: AnyConfiguration) => string;
  /** Sections whose instances are named once for all that is said of them in a row. */
  readonly namedOnce?: readonly string[];
  /** Fields, as `section.field`, that follow from others: shown only where an implementation differs. */
  readonly derived?: readonly string[];
  /**
   * Sections of one instance that tell what the event itself did: told whenever a word is not zero, also where it was
   * the same before, and not told for having become zero.
   */
  readonly momentary?: readonly string[];
  /** Sections that are zero while what they show is not there: not told for having come or gone as a whole. */
  readonly vanishing?: readonly string[];
  /** Sections whose words are one register and read as one phrase. */
  readonly whole?: Readonly<Record<string, (words: SectionWords, config: AnyConfiguration) => string>>;
  readonly fields?: Readonly<Record<string, Readonly<Record<string, FieldReader>>>>;
}
