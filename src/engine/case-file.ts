import type { AnyConfiguration, AnyEvent } from '../../spec/alphabet.ts';

/** Format tag of a stored case; the number grows when old readers could misread a new file. */
export const caseFormat = 'virq-case/1';

/** A stored sequence: operations by name, never seeds or codes, so that it survives every change of the generators. */
export interface Case {
  readonly format: typeof caseFormat;
  readonly system: string;
  readonly config: AnyConfiguration;
  readonly events: readonly AnyEvent[];
  /** Clause that the sequence was found to break, `<system>/<name>`. */
  readonly clause?: string;
  /** Property that found it. */
  readonly property?: string;
  /** Implementation that it was found with. */
  readonly implementation?: string;
  /** Why it is kept. */
  readonly note?: string;
}
