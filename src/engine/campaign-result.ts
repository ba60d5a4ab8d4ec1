import type { Counterexample } from './counterexample.ts';
import type { Verdict } from './verdict.ts';

/** A failure of the harness around an implementation: never a verdict on the implementation. */
export interface AdapterFailure {
  /** Stable code: `E_ADAPTER_MISSING`, `E_ADAPTER_DIED`, `E_ADAPTER_TIMEOUT`, `E_ADAPTER_OUTPUT`, `E_ADAPTER_THREW`. */
  readonly code: string;
  /** What happened and what to do about it. */
  readonly message: string;
}

/** A known deviation and what became of it in a run. */
export interface BaselineOutcome {
  readonly id: string;
  /** `stale`: it was replayed and no longer occurs, which fails the run. */
  readonly outcome: 'occurs' | 'stale';
}

/** What one system's campaign against one implementation found. */
export interface CampaignResult {
  readonly system: string;
  readonly implementation: string;
  readonly profile: string;
  readonly seed: number;
  readonly verdict: Verdict;
  /** Why, where the verdict is not `conforms` or `violates`; else empty. */
  readonly reason: string;
  readonly sequences: number;
  /** Events whose precondition held. */
  readonly events: number;
  readonly skipped: number;
  readonly seconds: number;
  /** How often each testable clause of the profile decided a step, by id; 0 where it never did. */
  readonly coverage: Readonly<Record<string, number>>;
  /** Ids of clauses that cannot be judged on this implementation, with the reason. */
  readonly notApplicable: Readonly<Record<string, string>>;
  /** Properties that were judged, by id, with the number of sequences. */
  readonly properties: Readonly<Record<string, number>>;
  readonly counterexamples: readonly Counterexample[];
  readonly failure?: AdapterFailure;
  readonly baseline: readonly BaselineOutcome[];
  /** Corpus cases replayed before anything was generated. */
  readonly replayed: number;
  /** Whether the run was interrupted. */
  readonly interrupted: boolean;
}

/** What a campaign tells while it runs. */
export interface Progress {
  readonly system: string;
  readonly phase: 'corpus' | 'search' | 'shrink';
  readonly sequences: number;
  readonly events: number;
  readonly seconds: number;
  readonly clausesReached: number;
  readonly clausesTotal: number;
  /** Share of the budget that is used up, 0 to 1. */
  readonly done: number;
  readonly violations: number;
}
