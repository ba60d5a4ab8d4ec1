import { answerDocument, answerExitCodes } from '../report/answer-json.ts';
import { liveAnswer, plainAnswer, type AnswerDisplay } from '../report/answer-progress.ts';
import { answerText } from '../report/answer-text.ts';
import { interruption } from './interruption.ts';
import type { AnswerCommandOptions } from './options.ts';
import { print, stderrPage, stdoutPage } from './output.ts';
import { packageVersion } from './package-root.ts';
import { loadAnswer } from './registry/answers.ts';
import { loadSpec } from './registry/systems.ts';

/** `virq answer`. */
export async function answerQuestion(system: string, options: AnswerCommandOptions): Promise<number> {
  const compute = await loadAnswer(system);
  const { depth, runs, seed } = options;
  const display = await displayOf(options);
  const interrupted = interruption((text) => {
    display?.clear();
    process.stderr.write(text);
  });
  const result = await compute({
    depth,
    runs,
    seed,
    signal: interrupted.signal,
    onProgress: (progress) => display?.update(progress),
  });
  interrupted.release();
  display?.clear();
  if (options.json) print(answerDocument(packageVersion(), result));
  else print(`${answerText(result, await loadSpec(system), stdoutPage())}\n`);
  return answerExitCodes[result.verdict];
}

async function displayOf({ json }: AnswerCommandOptions): Promise<AnswerDisplay | undefined> {
  const { stderr } = process;
  if (stderr.isTTY) return liveAnswer(stderr, stderrPage);
  return json ? undefined : plainAnswer((line) => stderr.write(line));
}
