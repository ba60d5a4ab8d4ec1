import type { Finding } from './finding.ts';
import type { Load } from './load.ts';
import type { Scope } from './scope.ts';
import type { Tally } from './tally.ts';

/** Whether a finding is news; what is known already is passed over. */
export type IsNews = (finding: Finding) => boolean;

/** What judging needs besides the play that it judges. */
export interface Judgement {
  readonly scope: Scope;
  readonly load: Load;
  readonly tally: Tally;
  readonly isNews: IsNews;
}
