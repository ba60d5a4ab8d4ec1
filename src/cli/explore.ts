import type { Case } from '../engine/case-file.ts';
import type { Counterexample } from '../engine/counterexample.ts';
import type { ExplorationResult } from '../engine/explore/exploration-result.ts';
import { explore } from '../engine/explore/explore.ts';
import { exitCodes } from '../engine/verdict.ts';
import { writeCase } from '../engine/write-case.ts';
import { counterexampleText } from '../report/counterexample-text.ts';
import { exploreDocument } from '../report/explore-json.ts';
import { liveExploration, plainExploration, type ExplorationDisplay } from '../report/explore-progress.ts';
import { exploreText, foundText } from '../report/explore-text.ts';
import { storeCase, type Stored } from './case-store.ts';
import { explorePlanOf } from './explore-plan.ts';
import { interruption } from './interruption.ts';
import type { ExploreCommandOptions } from './options.ts';
import { print, stderrPage, stdoutPage } from './output.ts';
import { packageVersion } from './package-root.ts';

/** Bytes that the process may hold: an exploration that needs more is cut, and keeps what it knows. */
const memoryLimit = 4 * 2 ** 30;

/** `virq explore`. */
export async function exploreSystem(system: string, options: ExploreCommandOptions): Promise<number> {
  const plan = await explorePlanOf(system, options);
  const display = await displayOf(options);
  const interrupted = interruption((text) => {
    display?.clear();
    process.stderr.write(text);
  });
  const result = await explore({
    ...plan,
    ...(options.depth !== undefined && { depth: options.depth }),
    ...(options.states !== undefined && { states: options.states }),
    symmetry: options.symmetry,
    bytes: memoryLimit,
    signal: interrupted.signal,
    onProgress: (progress) => display?.update(progress),
  });
  interrupted.release();
  display?.clear();
  const stored = result.counterexample && (await storeCase(options.corpus, wholeCase(result.counterexample)));
  const { spec } = plan.exploration;
  if (options.json) print(exploreDocument(packageVersion(), result, fileOf(stored)));
  else print(`${textOf(result, spec, stored)}\n`);
  return exitCodes[result.verdict];
}

async function displayOf({ json }: ExploreCommandOptions): Promise<ExplorationDisplay | undefined> {
  const { stderr } = process;
  if (stderr.isTTY) return liveExploration(stderr, stderrPage);
  return json ? undefined : plainExploration((line) => stderr.write(line));
}

/** With the events that drained it: replay plays what it is given, and nothing more. */
const wholeCase = ({ case: found, steps }: Counterexample): Case => ({
  ...found,
  events: steps.map(({ event }) => event),
});

const fileOf = (stored: Stored | undefined): string | undefined =>
  stored !== undefined && 'file' in stored ? stored.file : undefined;

function textOf(
  result: ExplorationResult,
  spec: Parameters<typeof exploreText>[1],
  stored: Stored | undefined,
): string {
  const page = stdoutPage();
  const found = result.counterexample;
  const blocks = [exploreText(result, spec, page)];
  if (found) {
    blocks.unshift(counterexampleText(found, { spec, file: fileOf(stored), how: foundText(result) }, page));
    if (stored && 'problem' in stored)
      blocks.push(`cannot keep the case (${stored.problem}); here it is:\n${writeCase(wholeCase(found))}`);
  }
  return blocks.join('\n\n');
}
