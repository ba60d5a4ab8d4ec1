import type { AnyConfiguration } from '../../../spec/alphabet.ts';
import type { Counterexample } from '../counterexample.ts';
import type { Verdict } from '../verdict.ts';

/** What ended an exploration before all states were found. */
export type Cut = 'depth' | 'states' | 'interrupted' | 'memory';

/** How far an exploration is. */
export interface ExplorationProgress {
  readonly system: string;
  /** Events of the shortest way to the states that are being looked at. */
  readonly depth: number;
  /** Distinct states found. */
  readonly states: number;
  /** States whose successors have not all been looked at. */
  readonly frontier: number;
  readonly seconds: number;
  /** Bytes that the process holds. */
  readonly bytes: number;
}

/** What an exploration came to. */
export interface ExplorationResult {
  readonly system: string;
  readonly implementation: string;
  readonly profile: string;
  readonly config: AnyConfiguration;
  /** `conforms` only if every reachable state was looked at. */
  readonly verdict: Verdict;
  /** Distinct states, of which equal agents' exchanges count as one unless `symmetry` is false. */
  readonly states: number;
  readonly symmetry: boolean;
  /** States at rest with nothing on its way. */
  readonly quiescent: number;
  /** Events whose precondition held, in all states looked at. */
  readonly transitions: number;
  /** Events on the shortest way to the state that is furthest away. */
  readonly depth: number;
  /** States whose successors were not all looked at; 0 where that was all of them. */
  readonly frontier: number;
  /** Absent where every state was found, or a violation ended the search. */
  readonly cut?: Cut;
  readonly seconds: number;
  /** Bytes of the table of states. */
  readonly tableBytes: number;
  /** Bytes that the process held at the most. */
  readonly peakBytes: number;
  /** Ids of the clauses that were judged in every state. */
  readonly clauses: readonly string[];
  readonly counterexample?: Counterexample;
}
