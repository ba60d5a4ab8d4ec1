import type { SystemSpec } from '../../spec/system.ts';
import type { CampaignResult } from '../engine/campaign-result.ts';
import type { Counterexample } from '../engine/counterexample.ts';
import { whatWentWrong } from './what-went-wrong.ts';

/** What became of one clause, or of one thing around them, in a run: the unit of JUnit and TAP. */
export type Outcome = { readonly id: string } & (
  | { readonly outcome: 'pass'; readonly steps: number }
  | { readonly outcome: 'fail'; readonly message: string; readonly counterexamples: readonly Counterexample[] }
  | { readonly outcome: 'error'; readonly code: string; readonly message: string }
  | { readonly outcome: 'skip'; readonly reason: string }
);

/**
 * One outcome per clause of the profile. A clause passes only if the run came to its end and reached it: neither a
 * broken adapter nor an interrupted run passes anything. Stale baseline entries and the adapter's own failure follow.
 */
export function clauseOutcomes(result: CampaignResult, spec: SystemSpec): Outcome[] {
  const ids = new Set([
    ...Object.keys(result.coverage),
    ...Object.keys(result.notApplicable),
    ...result.counterexamples.map(({ clause }) => clause),
  ]);
  const outcomes = [...ids].map((id) => clauseOutcome(id, result, spec));
  for (const { id, outcome } of result.baseline) {
    if (outcome !== 'stale') continue;
    const message = 'a known deviation no longer occurs: take it off the baseline';
    outcomes.push({ id: `${result.system}/baseline/${id}`, outcome: 'fail', message, counterexamples: [] });
  }
  if (result.failure) outcomes.push({ id: `${result.system}/adapter`, outcome: 'error', ...result.failure });
  return outcomes;
}

function clauseOutcome(id: string, result: CampaignResult, spec: SystemSpec): Outcome {
  const broken = result.counterexamples.filter(({ clause }) => clause === id);
  if (broken.length > 0) {
    const message = broken.map((found) => whatWentWrong(found, spec)).join('; ');
    return { id, outcome: 'fail', message, counterexamples: broken };
  }
  const excluded = result.notApplicable[id];
  if (excluded !== undefined) return { id, outcome: 'skip', reason: `not applicable: ${excluded}` };
  const steps = result.coverage[id] ?? 0;
  if (steps === 0) return { id, outcome: 'skip', reason: 'not reached by any sequence' };
  if (result.verdict === 'conforms' || (result.verdict === 'violates' && !result.interrupted)) {
    return { id, outcome: 'pass', steps };
  }
  return { id, outcome: 'skip', reason: `not judged to the end: ${result.reason || result.verdict}` };
}
