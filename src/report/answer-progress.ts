import type { AnswerProgress } from '../engine/answer/answer-result.ts';
import { compact } from './compact.ts';
import type { Page } from './page.ts';

/** Tells how the computation of an answer gets on. */
export interface AnswerDisplay {
  update(progress: AnswerProgress): void;
  /** Wipes the live line, so that something else can be written. */
  clear(): void;
}

const plainEvery = 5_000;

/** One live line on a terminal. */
export async function liveAnswer(stream: NodeJS.WriteStream, page: () => Page): Promise<AnswerDisplay> {
  const { createLogUpdate } = await import('log-update');
  const line = createLogUpdate(stream);
  return {
    update: (progress) => line(answerLine(progress, page())),
    clear: () => line.clear(),
  };
}

/** A line every few seconds, where nothing can be overwritten. */
export function plainAnswer(write: (line: string) => void): AnswerDisplay {
  let last = performance.now();
  return {
    update(progress) {
      const now = performance.now();
      if (now - last < plainEvery) return;
      last = now;
      write(`${progress.system}: ${facts(progress).join(', ')}\n`);
    },
    clear() {},
  };
}

/** `idt-vectoring   double-fault   1.2 M sequences   12 classes differ   80 k/s`; what does not fit is left out. */
export function answerLine(progress: AnswerProgress, { width, paint }: Page): string {
  let { length } = progress.system;
  let line = progress.system;
  for (const fact of facts(progress)) {
    length += 3 + fact.length;
    if (length > width - 1) break;
    line += `   ${paint.dim(fact)}`;
  }
  return line;
}

const facts = ({ doing, sequences, seconds, differing }: AnswerProgress): string[] => [
  doing,
  `${compact(sequences)} sequences`,
  `${differing} classes differ`,
  ...(seconds > 0.2 ? [`${compact(sequences / seconds)}/s`] : []),
];
