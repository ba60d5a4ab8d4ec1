import type { AnyConfiguration } from '../../spec/alphabet.ts';

/** A configuration and the events played in it, packed. */
export interface Sequence {
  readonly config: AnyConfiguration;
  /** Event codes of the system's alphabet. */
  readonly codes: Uint16Array;
}
