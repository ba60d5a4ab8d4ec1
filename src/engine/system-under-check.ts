import type { Model } from '../../spec/contract.ts';
import type { AnyConfiguration, AnyEvent } from '../../spec/alphabet.ts';
import type { Packing } from '../../spec/packing.ts';
import type { SystemSpec } from '../../spec/system.ts';
import type { Property } from './property.ts';

/**
 * A cheap guess at the state of the system, which makes random sequences go deep. It is told every event that is
 * generated and answers how likely each event should come next. A wrong guess costs a skipped event, never a verdict.
 */
export interface Guide {
  reset(config: AnyConfiguration): void;
  /** Multiplies the weight of each event kind, by kind number, into `weights`. */
  weigh(weights: Float64Array): void;
  /** The code to play for a kind: any code of that kind; `random(n)` gives an integer in [0, n). */
  choose(kind: number, random: (n: number) => number): number;
  /** Follows an event that has been generated. */
  follow(code: number): void;
  /**
   * The same weights one kind at a time, for alphabets with many kinds: the engine draws a kind and asks for its factor
   * alone, some two or three times per event, and does not call {@link weigh}.
   */
  readonly byKind?: GuideByKind;
}

/** The factors of single event kinds, see {@link Guide.byKind}. */
export interface GuideByKind {
  /** The largest factor that a kind can have, in any state of the configuration given to `reset`; at least 0. */
  most(kind: number): number;
  /** Called once per event, before any `factor`. */
  look(): void;
  /** The factor of a kind now, at most `most(kind)`. */
  factor(kind: number): number;
}

/** Everything the engine needs to check one system. */
export interface SystemUnderCheck {
  readonly spec: SystemSpec;
  /** A model that tells `cite` the names of the clauses which decide each step. */
  model(cite: (clause: string) => void): Model<AnyConfiguration, AnyEvent, unknown>;
  guide(packing: Packing): Guide;
  /** A configuration for a random sequence of a profile, biased to boundaries. */
  configure(profile: string, random: (n: number) => number): AnyConfiguration;
  readonly properties: readonly Property[];
  /** Events of a sequence at the most, in random search. */
  readonly length: number;
  /**
   * Pairs of event kinds that belong together (enter and exit, raise and lower): shrinking removes them as pairs, and
   * a pair may stand for one of its ends.
   */
  readonly pairs: readonly (readonly [string, string])[];
}
