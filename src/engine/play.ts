import type { Finding } from './finding.ts';
import type { Sequence } from './sequence.ts';

/** One event of a play. */
export interface PlayedEvent {
  readonly code: number;
  /** Whether its precondition held. */
  readonly played: boolean;
  /** The observation after it; `undefined` where it was not given to the implementation. */
  readonly words: Uint32Array | undefined;
}

/** A sequence as an implementation played it: up to the first disagreement with the model, where that is watched for. */
export interface Play {
  readonly sequence: Sequence;
  /** The observation after reset, where the implementation gives one. */
  readonly start: Uint32Array | undefined;
  readonly events: readonly PlayedEvent[];
  /** What the model does not allow. */
  readonly finding?: Finding;
}

/** What to play: a sequence from reset, or more events after a play. */
export interface Ask {
  readonly sequence: Sequence;
  /** A play of the sequence's first events; a player that still stands at its end goes on from there. */
  readonly after?: Play;
}

/** Plays sequences on one implementation and keeps all that is seen. */
export interface Player {
  /** Sequences that it likes to be given at once. */
  readonly batch: number;
  play(asks: readonly Ask[]): Promise<readonly Play[]>;
}
