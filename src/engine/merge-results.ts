import type { CampaignResult } from './campaign-result.ts';
import { worst } from './verdict.ts';

/**
 * The results of several workers of one campaign as one. Of counterexamples of the same clause the one with the fewest
 * events is kept; seconds are those of the slowest worker. Throws a `RangeError` for an empty list.
 */
export function mergeResults(results: readonly CampaignResult[]): CampaignResult {
  const [first, ...others] = results;
  if (first === undefined) throw new RangeError('there is no result to merge');
  return others.reduce(merge, first);
}

function merge(a: CampaignResult, b: CampaignResult): CampaignResult {
  const coverage = sum(a.coverage, b.coverage);
  const failure = a.failure ?? b.failure;
  const byClause = new Map(a.counterexamples.map((found) => [found.clause, found]));
  for (const found of b.counterexamples) {
    const known = byClause.get(found.clause);
    if (known === undefined || found.case.events.length < known.case.events.length) byClause.set(found.clause, found);
  }
  return {
    ...a,
    verdict: worst([a.verdict, b.verdict]),
    reason: [...new Set([a.reason, b.reason].filter((reason) => reason !== ''))].join('; '),
    sequences: a.sequences + b.sequences,
    events: a.events + b.events,
    skipped: a.skipped + b.skipped,
    seconds: Math.max(a.seconds, b.seconds),
    coverage,
    // What one worker reached can be judged, whatever the other concluded from not reaching it.
    notApplicable: Object.fromEntries(
      Object.entries({ ...a.notApplicable, ...b.notApplicable }).filter(([id]) => (coverage[id] ?? 0) === 0),
    ),
    properties: sum(a.properties, b.properties),
    counterexamples: [...byClause.values()],
    ...(failure && { failure }),
    baseline: mergeBaselines(a.baseline, b.baseline),
    replayed: a.replayed + b.replayed,
    interrupted: a.interrupted || b.interrupted,
  };
}

/** Every worker that is given the list replays all of it: they agree, unless the implementation is not deterministic. */
function mergeBaselines(a: CampaignResult['baseline'], b: CampaignResult['baseline']): CampaignResult['baseline'] {
  const merged = new Map(a.map((entry) => [entry.id, entry]));
  for (const entry of b) if (merged.get(entry.id)?.outcome !== 'occurs') merged.set(entry.id, entry);
  return [...merged.values()];
}

function sum(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): Record<string, number> {
  const total: Record<string, number> = { ...a };
  for (const [key, value] of Object.entries(b)) total[key] = (total[key] ?? 0) + value;
  return total;
}
