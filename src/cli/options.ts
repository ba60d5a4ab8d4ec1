import type { ReporterName } from '../report/reporters.ts';

/** Options of `virq list`. */
export interface ListOptions {
  readonly json?: true;
  readonly clauses?: true;
  readonly properties?: true;
  readonly faults?: true;
  readonly adapters?: true;
}

/** Options of `virq check`. */
export interface CheckOptions {
  readonly impl: string;
  readonly profile?: string;
  readonly seed?: number;
  readonly runs?: number;
  /** Seconds per system. */
  readonly time?: number;
  readonly reporter: ReporterName;
  readonly output?: string;
  readonly baseline?: string;
  readonly corpus: string;
  readonly stopAfter: number;
  /** Seconds. */
  readonly stepTimeout: number;
  /** `key=value` each. */
  readonly config: readonly string[];
}

/** Options of the commands that play one stored case. */
export interface CaseOptions {
  readonly impl?: string;
  readonly output?: string;
  /** Seconds. */
  readonly stepTimeout: number;
}

/** Options of `virq explore`. */
export interface ExploreCommandOptions {
  readonly impl: string;
  readonly depth?: number;
  readonly states?: number;
  readonly posters?: number;
  /** `key=value` each. */
  readonly config: readonly string[];
  readonly corpus: string;
  /** Whether states in which equal agents have changed places are one. */
  readonly symmetry: boolean;
  readonly json?: true;
}

/** Options of `virq answer`. */
export interface AnswerCommandOptions {
  readonly depth: number;
  readonly runs: number;
  readonly seed: number;
  readonly json?: true;
}
