import type { AnyConfiguration, AnyEvent } from '../../spec/alphabet.ts';
import type { ObservationLayout } from '../../spec/observation.ts';

/** What a law reads an observation with: words by section, index and field, of the implementation's own showing. */
export interface Seen {
  /** A word of the current observation, as an unsigned 32-bit number. */
  get(section: string, index: number, field: string): number;
}

/** What a law says when it is broken. */
export interface Breach {
  /** Name of the clause that is broken, without the system. */
  readonly clause: string;
  /** One sentence in the words of the system, naming the interrupt. */
  readonly summary: string;
}

/** The state of a law over one sequence. */
export interface Monitor {
  /** How often there was something to judge so far; absent: {@link Law.witness} tells. */
  readonly moments?: number;
  /** Called after each event whose precondition held. */
  step(event: AnyEvent, seen: Seen): Breach | undefined;
  /** Called at the end, after the events of {@link Law.drain} if it has any. */
  end?(seen: Seen): Breach | undefined;
}

interface Claim {
  /** A claim in words: `no-interrupt-lost`. Permanent. */
  readonly id: string;
  /** The claim in a sentence. */
  readonly claim: string;
  /** Names of the clauses that it judges. */
  readonly judges: readonly string[];
  /** Sections of the observation that it needs; an implementation that does not show one is not judged by it. */
  readonly needs: readonly string[];
  /** Profiles in which it holds; absent: all. */
  readonly profiles?: readonly string[];
  /** A sequence in which the claim has something to say: it shows that the property is not vacuous. */
  readonly scenario: {
    readonly name: string;
    readonly config?: Partial<AnyConfiguration>;
    readonly events: readonly AnyEvent[];
  };
}

/** A claim about one trace, judged without the model, so that it also guards the model. */
export interface Law extends Claim {
  readonly kind: 'law';
  begin(config: AnyConfiguration, layout: ObservationLayout): Monitor;
  /**
   * For claims of the form "at the end, eventually": events to play after the sequence, until a fixed point or the
   * bound, one round per call. An empty array ends the draining.
   */
  drain?(config: AnyConfiguration, round: number, seen: Seen): readonly AnyEvent[];
  /** Whether the scenario, or any sequence, gave the law something to judge: counts interesting moments. */
  readonly witness?: (event: AnyEvent, seen: Seen) => boolean;
}

/** A claim that two sequences, or two configurations, cannot be told apart by what `same` looks at. */
export interface Equivalence extends Claim {
  readonly kind: 'equivalence';
  /**
   * The other side of a sequence, perhaps in another profile; `undefined` where the claim says nothing about it. `pick`
   * gives a number in [0, n).
   */
  variant(
    config: AnyConfiguration,
    events: readonly AnyEvent[],
    pick: (n: number) => number,
  ): { readonly config: AnyConfiguration; readonly events: readonly AnyEvent[] } | undefined;
  /** What is compared at the end, or collected over the trace: a comparable text per side. */
  project(config: AnyConfiguration): { step(event: AnyEvent, seen: Seen): void; result(seen: Seen): string };
}

/** A property beyond refinement, which every implementation is judged by. */
export type Property = Law | Equivalence;
