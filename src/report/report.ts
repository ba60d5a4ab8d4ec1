import type { SystemSpec } from '../../spec/system.ts';
import type { CampaignResult } from '../engine/campaign-result.ts';
import type { Counterexample } from '../engine/counterexample.ts';

/** What a reporter makes a document of: the results of one run of `virq check`. */
export interface Report {
  /** Version of the suite. */
  readonly version: string;
  readonly results: readonly CampaignResult[];
  /** Declarations of the systems that occur in the results, by name. */
  readonly specs: Readonly<Record<string, SystemSpec>>;
  /** What properties claim, by `<system>/<property>`. */
  readonly claims: Readonly<Record<string, string>>;
  /** File in which the case of a counterexample was stored; absent where it could not be. */
  readonly files: ReadonlyMap<Counterexample, string>;
}
