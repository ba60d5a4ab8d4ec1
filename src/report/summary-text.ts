import type { CampaignResult } from '../engine/campaign-result.ts';
import type { Verdict } from '../engine/verdict.ts';
import { compact } from './compact.ts';
import { counted } from './counted.ts';
import { fact, margin } from './fact.ts';
import { indent } from './layout.ts';
import type { Page } from './page.ts';

const marks: Readonly<Record<Verdict, string>> = {
  conforms: '✓',
  violates: '✗',
  'adapter-error': '!',
  inconclusive: '?',
  'not-applicable': '–',
};

/** What one system's campaign came to, in five lines or so. */
export function summaryText(result: CampaignResult, page: Page): string {
  const { paint } = page;
  const colour = colourOf(result.verdict, page);
  const verdict = `${result.verdict}${result.interrupted ? ', interrupted' : ''}`;
  const headline = [
    `${colour(paint.bold(marks[result.verdict]))} ${paint.bold(result.system)}`,
    result.implementation,
    colour(paint.bold(verdict)),
    paint.dim(`profile ${result.profile}, seed ${result.seed}`),
  ].join('   ');
  return [headline, indent(factsOf(result, page).join('\n'), margin)].join('\n');
}

function factsOf(result: CampaignResult, page: Page): string[] {
  const reason = result.failure ? `${result.failure.message} (${result.failure.code})` : result.reason;
  const facts = reason === '' ? [] : [fact('because', [reason], page)];
  if (result.verdict === 'not-applicable') return facts;
  facts.push(fact('run', [runText(result)], page), fact('clauses', clauseLines(result), page));
  facts.push(fact('judged by', [counted(Object.keys(result.properties).length, 'property', 'properties')], page));
  facts.push(fact('corpus', [`${counted(result.replayed, 'case')} replayed`], page));
  if (result.counterexamples.length > 0) {
    const clauses = [...new Set(result.counterexamples.map(({ clause }) => clause))];
    facts.push(fact('broken', [clauses.join(', ')], page));
  }
  if (result.baseline.length > 0) facts.push(fact('baseline', baselineLines(result), page));
  return facts;
}

function runText({ sequences, events, seconds }: CampaignResult): string {
  const rate = seconds > 0 ? ` (${compact(events / seconds)} a second)` : '';
  return `${counted(sequences, 'sequence')}, ${compact(events)} ${events === 1 ? 'event' : 'events'} in ${seconds.toFixed(1)} s${rate}`;
}

function clauseLines({ coverage, notApplicable, verdict }: CampaignResult): string[] {
  const judgeable = Object.keys(coverage).filter((id) => !(id in notApplicable));
  const unreached = judgeable.filter((id) => coverage[id] === 0);
  const excluded = Object.keys(notApplicable).length;
  // A run that ended early has not reached much, and nobody wonders what.
  const named = verdict === 'conforms' && unreached.length > 0;
  return [
    `${judgeable.length - unreached.length} of ${judgeable.length} reached`,
    ...(excluded === 0 ? [] : [`${excluded} not applicable: ${grouped(notApplicable)}`]),
    ...(!named ? [] : [`not reached: ${unreached.map(nameOf).join(', ')}`]),
  ];
}

const nameOf = (id: string): string => id.slice(id.indexOf('/') + 1);

/** The reasons, each with how many clauses it keeps out. */
function grouped(reasons: Readonly<Record<string, string>>): string {
  const counts = new Map<string, number>();
  for (const reason of Object.values(reasons)) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].map(([reason, count]) => `${reason}${counts.size > 1 ? ` (${count})` : ''}`).join('; ');
}

function baselineLines({ baseline }: CampaignResult): string[] {
  const occurs = baseline.filter(({ outcome }) => outcome === 'occurs').map(({ id }) => id);
  const stale = baseline.filter(({ outcome }) => outcome === 'stale').map(({ id }) => id);
  return [
    ...(occurs.length === 0 ? [] : [`known and still there: ${occurs.join(', ')}`]),
    ...(stale.length === 0 ? [] : [`stale, no longer occurs, take it off the list: ${stale.join(', ')}`]),
  ];
}

function colourOf(verdict: Verdict, { paint }: Page): (text: string) => string {
  switch (verdict) {
    case 'conforms':
      return paint.green;
    case 'violates':
      return paint.red;
    case 'adapter-error':
    case 'inconclusive':
      return paint.yellow;
    case 'not-applicable':
      return paint.dim;
  }
}
