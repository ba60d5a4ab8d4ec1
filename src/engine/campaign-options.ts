import type { KnownDeviation } from './baseline.ts';
import type { Progress } from './campaign-result.ts';
import type { Case } from './case-file.ts';
import type { SystemUnderCheck } from './system-under-check.ts';
import type { UnderTest } from './under-test.ts';

/** What a campaign does: one system, one implementation, one profile. */
export interface CampaignOptions {
  readonly system: SystemUnderCheck;
  readonly iut: UnderTest;
  /** Absent: the first profile that the implementation declares. */
  readonly profile?: string;
  /** A 32-bit integer; the same seed searches the same sequences in the same order. */
  readonly seed: number;
  /** Random sequences to play; absent: as many as the time allows, or 10,000 if there is no limit of time either. */
  readonly runs?: number;
  /** Seconds of random search. */
  readonly seconds?: number;
  /** Stored cases, replayed first; those of other systems and profiles are passed over. */
  readonly corpus?: readonly Case[];
  readonly baseline?: readonly KnownDeviation[];
  /** Counterexamples, of different clauses, after which the campaign ends. Default 1. */
  readonly stopAfter?: number;
  /** Laws are judged on one sequence in this many. Default 8; 0: never. */
  readonly lawShare?: number;
  /** Equivalences are judged on one sequence in this many. Default 16; 0: never. */
  readonly equivalenceShare?: number;
  /** Milliseconds that an implementation which answers later has for one step. Default 5000. */
  readonly stepTimeout?: number;
  /** Sequences per chunk: the unit of seeds and of {@link worker}. Default 256. */
  readonly chunk?: number;
  /** Which of several workers this is: it plays every `of`-th chunk, and its share of `runs`. */
  readonly worker?: { readonly index: number; readonly of: number };
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}
