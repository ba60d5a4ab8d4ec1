import { unplayable, unseen } from './applicability.ts';
import type { Bench } from './bench.ts';
import type { CampaignOptions } from './campaign-options.ts';
import type { AdapterFailure, BaselineOutcome, CampaignResult } from './campaign-result.ts';
import type { Counterexample } from './counterexample.ts';
import { refinement } from './finding.ts';
import { everything, type Scope } from './scope.ts';
import type { Verdict } from './verdict.ts';

/** What a campaign knows when it is over. */
export interface Ending {
  readonly options: CampaignOptions;
  readonly scope: Scope;
  readonly bench: Bench;
  /** Whether anything could be played. */
  readonly applicable: boolean;
  readonly reason: string;
  readonly sequences: number;
  readonly seconds: number;
  readonly counterexamples: readonly Counterexample[];
  readonly failure: AdapterFailure | undefined;
  readonly baseline: readonly BaselineOutcome[];
  readonly replayed: number;
  readonly interrupted: boolean;
}

/** Sums a campaign up. */
export function resultOf(ending: Ending): CampaignResult {
  const { options, scope, bench, failure, sequences, counterexamples, baseline } = ending;
  const notApplicable = notApplicableIn(ending);
  const reached = (name: string): number => bench.citations.count(name) + (bench.tally.witnessed.get(name) ?? 0);
  const verdict = verdictOf(ending);
  return {
    system: scope.system.spec.name,
    implementation: options.iut.name,
    profile: scope.profile,
    seed: options.seed,
    verdict,
    reason: reasonOf(ending, verdict),
    sequences,
    events: bench.played,
    skipped: bench.skipped,
    seconds: ending.seconds,
    coverage: Object.fromEntries(scope.clauses.map(({ id, name }) => [id, id in notApplicable ? 0 : reached(name)])),
    notApplicable,
    properties: { [refinement]: sequences + ending.replayed, ...Object.fromEntries(bench.tally.sequences) },
    counterexamples,
    ...(failure && { failure }),
    baseline,
    replayed: ending.replayed,
    interrupted: ending.interrupted,
  };
}

function notApplicableIn({ options, scope, bench, applicable }: Ending): Readonly<Record<string, string>> {
  const hidden = unseen(scope);
  if (!applicable) return hidden;
  const capabilities = options.iut.capabilities ?? everything(scope.system);
  const unreached = scope.clauses.filter(
    ({ id, name }) => !(id in hidden) && bench.citations.count(name) === 0 && !bench.tally.witnessed.has(name),
  );
  return { ...hidden, ...unplayable(scope, capabilities, unreached) };
}

function verdictOf({
  applicable,
  counterexamples,
  baseline,
  failure,
  interrupted,
  sequences,
  replayed,
}: Ending): Verdict {
  if (!applicable) return 'not-applicable';
  if (counterexamples.length > 0 || baseline.some(({ outcome }) => outcome === 'stale')) return 'violates';
  if (failure !== undefined) return 'adapter-error';
  return interrupted || sequences + replayed === 0 ? 'inconclusive' : 'conforms';
}

function reasonOf({ reason, failure, interrupted }: Ending, verdict: Verdict): string {
  if (reason !== '') return reason;
  if (failure !== undefined) return failure.message;
  if (verdict === 'inconclusive') return interrupted ? 'interrupted' : 'no sequence was played';
  return '';
}
