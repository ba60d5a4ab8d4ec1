import type { CampaignResult } from '../engine/campaign-result.ts';
import type { Counterexample } from '../engine/counterexample.ts';
import { exitCodes, worst } from '../engine/verdict.ts';
import { writeCase } from '../engine/write-case.ts';
import { plainPage } from '../report/page.ts';
import type { ProgressDisplay } from '../report/progress.ts';
import type { Report } from '../report/report.ts';
import { reporters, type Reporter } from '../report/reporters.ts';
import { storeCase } from './case-store.ts';
import { planOf } from './check-plan.ts';
import { checkSystem } from './check-system.ts';
import { interruption } from './interruption.ts';
import type { CheckOptions } from './options.ts';
import { checkWritable, print, stdoutPage, stderrPage, writeDocument } from './output.ts';
import { packageVersion } from './package-root.ts';

/** `virq check`. */
export async function check(names: readonly string[], options: CheckOptions): Promise<number> {
  const plan = await planOf(names, options);
  if (options.output !== undefined) await checkWritable(options.output);
  // What goes to standard output while the run goes on: texts for people. Documents come at the end.
  const forPeople = options.output !== undefined || options.reporter === 'terminal' || options.reporter === 'text';
  const progress = await progressDisplay(options);
  const interrupted = interruption((text) => {
    progress?.clear();
    process.stderr.write(text);
  });

  const results: CampaignResult[] = [];
  const report: Mutable = { version: packageVersion(), results, specs: {}, claims: {}, files: new Map() };
  for (const part of plan.systems) {
    if (interrupted.signal.aborted) break;
    const { result, system } = await checkSystem(plan, part, {
      corpus: options.corpus,
      stopAfter: options.stopAfter,
      stepTimeout: options.stepTimeout * 1000,
      signal: interrupted.signal,
      onProgress: (state) => progress?.update(state),
    });
    progress?.clear();
    results.push(result);
    report.specs[system.spec.name] = system.spec;
    for (const { id, claim } of system.properties) report.claims[`${system.spec.name}/${id}`] = claim;
    const unsaved = await keep(result.counterexamples, options.corpus, report.files);
    if (forPeople) await printResult(report, result, options);
    for (const text of unsaved) (forPeople ? print : (line: string) => process.stderr.write(line))(text);
  }
  interrupted.release();

  if (!forPeople || options.output !== undefined) await writeReport(report, options);
  else if (results.length > 1) print(`\n${closingLine(results)}\n`);
  return exitCodes[worst(results.map(({ verdict }) => verdict))];
}

type Mutable = Report & {
  readonly specs: Record<string, Report['specs'][string]>;
  readonly claims: Record<string, string>;
  readonly files: Map<Counterexample, string>;
};

async function progressDisplay({ reporter, output }: CheckOptions): Promise<ProgressDisplay | undefined> {
  if (reporter !== 'terminal' && output === undefined) return undefined;
  const { liveProgress, plainProgress } = await import('../report/progress.ts');
  const { stderr } = process;
  return stderr.isTTY ? liveProgress(stderr, stderrPage) : plainProgress((line) => stderr.write(line));
}

/** Stores what was found; gives the texts of what could not be stored, so that nothing is lost. */
async function keep(
  found: readonly Counterexample[],
  folder: string,
  files: Map<Counterexample, string>,
): Promise<string[]> {
  const unsaved: string[] = [];
  for (const one of found) {
    const stored = await storeCase(folder, one.case);
    if ('file' in stored) files.set(one, stored.file);
    else unsaved.push(`\ncannot keep the case in ${folder} (${stored.problem}); here it is:\n${writeCase(one.case)}`);
  }
  return unsaved;
}

async function printResult(report: Report, result: CampaignResult, { reporter }: CheckOptions): Promise<void> {
  const write = await reporters[reporter === 'text' ? 'text' : 'terminal'].load();
  const before = report.results.length > 1 ? '\n' : '';
  print(before + write({ ...report, results: [result] }, stdoutPage()));
}

async function writeReport(report: Report, { reporter, output }: CheckOptions): Promise<void> {
  const write: Reporter = await reporters[reporter].load();
  const text = write(report, plainPage());
  if (output === undefined) print(text);
  else await writeDocument(output, text);
}

/** `5 systems: 4 conform, 1 violates`. */
function closingLine(results: readonly CampaignResult[]): string {
  const counts = new Map<string, number>();
  for (const { verdict } of results) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  return `${results.length} systems: ${[...counts].map(([verdict, count]) => `${count} ${verdict}`).join(', ')}`;
}
