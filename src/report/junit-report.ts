import { create } from 'xmlbuilder2';
import type { CampaignResult } from '../engine/campaign-result.ts';
import { clauseOutcomes, type Outcome } from './clause-outcomes.ts';
import { counterexampleText } from './counterexample-text.ts';
import { plainPage } from './page.ts';
import type { Report } from './report.ts';

/** For build servers: JUnit XML, one suite per system, one test case per clause. */
export function junitReport(report: Report): string {
  // Characters that XML cannot hold at all may come from the output of an adapter.
  const document = create({ version: '1.0', encoding: 'UTF-8', invalidCharReplacement: '�' });
  const outcomes = report.results.flatMap((result) => clauseOutcomes(result, report.specs[result.system]!));
  const root = document.ele('testsuites', { name: 'virq', ...totals(outcomes) });
  for (const result of report.results) addSuite(root, result, report);
  return `${document.end({ prettyPrint: true })}\n`;
}

type Element = ReturnType<ReturnType<typeof create>['ele']>;

const totals = (outcomes: readonly Outcome[]): Record<string, number> => ({
  tests: outcomes.length,
  failures: outcomes.filter(({ outcome }) => outcome === 'fail').length,
  errors: outcomes.filter(({ outcome }) => outcome === 'error').length,
  skipped: outcomes.filter(({ outcome }) => outcome === 'skip').length,
});

function addSuite(root: Element, result: CampaignResult, report: Report): void {
  const outcomes = clauseOutcomes(result, report.specs[result.system]!);
  const name = `${result.system} (${result.implementation}, ${result.profile})`;
  const suite = root.ele('testsuite', { name, ...totals(outcomes), time: result.seconds.toFixed(3) });
  const properties = suite.ele('properties');
  for (const key of ['implementation', 'profile', 'seed', 'verdict', 'sequences', 'events', 'replayed'] as const) {
    properties.ele('property', { name: key, value: result[key] });
  }
  for (const outcome of outcomes) {
    const testcase = suite.ele('testcase', { classname: `virq.${result.system}`, name: outcome.id });
    addOutcome(testcase, outcome, report);
  }
}

function addOutcome(testcase: Element, one: Outcome, { specs, claims, files }: Report): void {
  switch (one.outcome) {
    case 'pass':
      return;
    case 'skip':
      testcase.ele('skipped', { message: one.reason });
      return;
    case 'error':
      testcase.ele('error', { message: one.message, type: one.code });
      return;
    case 'fail': {
      const type = one.counterexamples[0]?.property ?? 'stale-baseline';
      const texts = one.counterexamples.map((found) => {
        const { system, property } = found;
        const around = { spec: specs[system]!, file: files.get(found), claim: claims[`${system}/${property}`] };
        return counterexampleText(found, around, plainPage());
      });
      testcase.ele('failure', { message: one.message, type }).txt(texts.join('\n\n') || one.message);
    }
  }
}
