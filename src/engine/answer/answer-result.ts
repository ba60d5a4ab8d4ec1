import type { AnyConfiguration, AnyEvent } from '../../../spec/alphabet.ts';
import type { Change } from '../counterexample.ts';

/**
 * Whether the guest finds a policy to be the same as the normative one. `conditional`: while a condition of the class's
 * own holds; `kept`: the policy does with it what the normative one does; `unknown`: it was never met.
 */
export type AnswerVerdict = 'yes' | 'no' | 'conditional' | 'kept' | 'unknown';

/** What one event does under one policy, on the reference model. */
export interface TraceStep {
  readonly isSkipped: boolean;
  readonly changes: readonly Change[];
}

/** A sequence whose guest can tell a policy from the normative one. */
export interface ToldApart {
  readonly config: AnyConfiguration;
  /** With the events that were added at the end until it showed. */
  readonly events: readonly AnyEvent[];
  /** Events before those that were added. */
  readonly length: number;
  /** Whether the reference model tells the policies apart in the same way. */
  readonly isConfirmed: boolean;
  /** Per event, under the normative policy and under the other one. */
  readonly normative: readonly TraceStep[];
  readonly other: readonly TraceStep[];
}

/** How often something was met, and how often the guest could tell. */
export interface Met {
  readonly met: number;
  readonly differing: number;
}

/** What a condition excludes, and the shortest sequence that shows why. */
export interface ConditionBroken {
  readonly by: string;
  /** It lies in the event itself, not in what comes between. */
  readonly isInherent: boolean;
  readonly exhaustive: Met;
  readonly random: Met;
  readonly shortest?: ToldApart;
}

/** What was found of one class under one policy. */
export interface PolicyAnswer {
  readonly policy: string;
  readonly verdict: AnswerVerdict;
  /** While the condition holds. */
  readonly exhaustive: Met;
  readonly random: Met;
  readonly shortest?: ToldApart;
  readonly broken: readonly ConditionBroken[];
}

/** How far the exhaustive search of a class went. */
export interface AnswerScope {
  /** Events that the sequences are made of. */
  readonly alphabet: readonly AnyEvent[];
  readonly configurations: readonly AnyConfiguration[];
  /** All sequences of up to so many events, or the first of so many that shows a difference. */
  readonly depth: number;
  readonly sequences: number;
}

/** What was found of something that belongs to none of the classes. */
export interface BesideRow {
  readonly name: string;
  readonly description: string;
  /** One per policy, that of the question first. */
  readonly policies: readonly PolicyAnswer[];
}

/** What was found of one class. */
export interface AnswerRow extends BesideRow {
  readonly condition: string;
  readonly expected: AnswerVerdict;
  /** What others answered, if they did, and whether the computation agrees; absent where they answered both. */
  readonly others: { readonly said?: string; readonly agrees?: boolean };
  readonly scope: AnswerScope;
}

/** An answer that was computed. */
export interface AnswerResult {
  readonly system: string;
  readonly question: string;
  /** Whether each row is what was expected. */
  readonly verdict: 'agrees' | 'contradicts' | 'inconclusive';
  readonly isInterrupted: boolean;
  readonly seed: number;
  readonly depth: number;
  readonly sequences: { readonly exhaustive: number; readonly random: number };
  /** Differences of random sequences that could not be attributed: several events had been cut short at once. */
  readonly setAside: number;
  readonly rows: readonly AnswerRow[];
  readonly beside: readonly BesideRow[];
  readonly seconds: number;
}

/** How far the computation is. */
export interface AnswerProgress {
  readonly system: string;
  readonly doing: string;
  readonly sequences: number;
  /** Classes of which a difference is known. */
  readonly differing: number;
  readonly seconds: number;
}

/** What is asked for. */
export interface AnswerOptions {
  /** Events of a sequence of the exhaustive search at the most. */
  readonly depth: number;
  /** Random sequences. */
  readonly runs: number;
  readonly seed: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: AnswerProgress) => void;
}
