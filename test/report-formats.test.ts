import { create } from 'xmlbuilder2';
import { expect, test } from 'vitest';
import { jsonReport, type ReportDocument } from '../src/report/json-report.ts';
import { junitReport } from '../src/report/junit-report.ts';
import { plainPage } from '../src/report/page.ts';
import { reporters } from '../src/report/reporters.ts';
import { tapReport } from '../src/report/tap-report.ts';
import { broken, conforming, fakeCounterexample, interrupted, reportOf, violating } from './fixtures/fake-report.ts';

const all = reportOf(conforming, violating, broken, interrupted);

test.each(Object.keys(reporters) as (keyof typeof reporters)[])('%s, as a golden', async (name) => {
  const report = await reporters[name].load();
  await expect(report(all, plainPage(80))).toMatchFileSnapshot(`golden/report-${name}.txt`);
});

test('JSON holds everything of the results, the verdict and the exit code', () => {
  const document = JSON.parse(jsonReport(all)) as ReportDocument;
  expect(document.format).toBe('virq-report/1');
  expect([document.verdict, document.exitCode]).toEqual(['violates', 1]);
  expect(document.results).toMatchObject(JSON.parse(JSON.stringify(all.results)) as object);
  expect(document.results[1]!.counterexamples[0]!.file).toBe('virq-cases/vgic/7c1e90ab.json');
});

test('JUnit counts what it lists', () => {
  const document = create(junitReport(all)).root();
  const count = (name: string): number => document.filter((node) => node.node.nodeName === name, false, true).length;
  const said = (name: string): number =>
    Number(document.toString().match(new RegExp(`^<testsuites[^>]* ${name}="(\\d+)"`))![1]);
  expect(said('tests')).toBe(count('testcase'));
  expect(said('failures')).toBe(count('failure'));
  expect(said('errors')).toBe(count('error'));
  expect(said('skipped')).toBe(count('skipped'));
  expect([count('failure'), count('error')]).toEqual([2, 1]);
});

test('JUnit survives what a broken adapter may print', () => {
  const message = 'it said "\u0000\u001b[31m<![CDATA[]]>&amp;\ud800"';
  const text = junitReport(reportOf({ ...broken, reason: message, failure: { code: 'E_ADAPTER_OUTPUT', message } }));
  expect(text).not.toMatch(/[\u0000-\u0008]/); // oxlint-disable-line no-control-regex
  expect(create(text).toString()).toContain('E_ADAPTER_OUTPUT');
});

test('TAP has as many points as its plan says, numbered through', () => {
  const lines = tapReport(all).split('\n');
  expect(lines[0]).toBe('TAP version 14');
  const points = lines.flatMap((line) => line.match(/^(?:not )?ok (\d+) /)?.[1] ?? []);
  expect(lines[1]).toBe(`1..${points.length}`);
  expect(points).toEqual(points.map((_, i) => String(i + 1)));
});

test('TAP takes directives from nobody', () => {
  const reason = 'first # SKIP\nnot ok 99 - line';
  const text = tapReport(reportOf({ ...conforming, notApplicable: { 'vgic/own-timer-only': reason } }));
  expect(text).toContain('# SKIP not applicable: first \\# SKIP not ok 99 - line\n');
});

test('neither a broken adapter nor an interrupted run passes a clause', () => {
  for (const result of [broken, interrupted]) {
    expect(tapReport(reportOf(result))).not.toMatch(/^ok \d+ - \S+$/m);
    expect(junitReport(reportOf(result))).not.toMatch(/<testcase [^>]*\/>/);
  }
});

test('a clause that was not reached is skipped and says so', () => {
  expect(tapReport(reportOf(violating))).toContain('vgic/level-is-resampled # SKIP not reached by any sequence');
});

test('a counterexample that could not be stored has no replay line', () => {
  const report = { ...reportOf(violating), files: new Map() };
  expect(junitReport(report)).toContain(fakeCounterexample.clause);
  expect(junitReport(report)).not.toContain('npx virq replay');
});
