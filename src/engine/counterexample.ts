import type { AnyConfiguration, AnyEvent } from '../../spec/alphabet.ts';
import type { Case } from './case-file.ts';

/** One word in which an implementation differs from everything that the model allows. */
export interface Difference {
  readonly section: string;
  readonly index: number;
  /** What the section's instance is called: `lr0`, `vcpu1`. */
  readonly label: string;
  readonly field: string;
  /** Values that the model allows, one per possible state. */
  readonly allowed: readonly number[];
  readonly observed: number;
  /** Bits that are compared. */
  readonly defined: number;
}

/** A word that a step changed, for the reader of a table. */
export interface Change {
  readonly section: string;
  readonly index: number;
  readonly label: string;
  readonly field: string;
  readonly from: number;
  readonly to: number;
}

/** One event of a counterexample as it went. */
export interface CounterexampleStep {
  readonly event: AnyEvent;
  /** Why the event did nothing, where it did nothing. */
  readonly skipped?: string;
  /** What the model says that the event changes. */
  readonly allowed: readonly Change[];
  /** Where the implementation differs; empty in every step but the last, for refinement. */
  readonly differs: readonly Difference[];
  /** Ids of the clauses that decided the step. */
  readonly clauses: readonly string[];
  /** The event is not part of the sequence: a law played it afterwards, to see what comes to rest. */
  readonly drained?: boolean;
}

/** A shrunk sequence that shows a violation. */
export interface Counterexample {
  readonly system: string;
  readonly implementation: string;
  /** Id of the property that failed: `refinement`, or the id of a law or equivalence. */
  readonly property: string;
  /** Id of the broken clause. */
  readonly clause: string;
  /** One sentence: what went wrong, in the words of the system. */
  readonly summary: string;
  readonly steps: readonly CounterexampleStep[];
  /** The case to store and to replay. */
  readonly case: Case;
  /** Events of the sequence as found. */
  readonly foundEvents: number;
  /** Sequences that had been run when it was found. */
  readonly foundAfter: number;
  /** Seconds from the start of the campaign until it was found. */
  readonly foundSeconds?: number;
  /** Sequences run while shrinking. */
  readonly shrinkRuns: number;
  /** Where the observation after reset differs; the sequence has no events then. */
  readonly reset?: readonly Difference[];
  /** For an equivalence: the other side of the sequence, which should not be told apart from it. */
  readonly variant?: { readonly config: AnyConfiguration; readonly events: readonly AnyEvent[] };
  /** The sequence did not fail when it was played again, alone: it is told as it went, and not shrunk. */
  readonly unrepeatable?: boolean;
}
