import type { ExplorationProgress } from '../engine/explore/exploration-result.ts';
import { bytesText } from './bytes-text.ts';
import { compact } from './compact.ts';
import type { Page } from './page.ts';

/** Tells how an exploration gets on. */
export interface ExplorationDisplay {
  update(progress: ExplorationProgress): void;
  /** Wipes the live line, so that something else can be written. */
  clear(): void;
}

const plainEvery = 5_000;

/** One live line on a terminal. */
export async function liveExploration(stream: NodeJS.WriteStream, page: () => Page): Promise<ExplorationDisplay> {
  const { createLogUpdate } = await import('log-update');
  const line = createLogUpdate(stream);
  return {
    update: (progress) => line(explorationLine(progress, page())),
    clear: () => line.clear(),
  };
}

/** A line every few seconds, where nothing can be overwritten. */
export function plainExploration(write: (line: string) => void): ExplorationDisplay {
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

/** `posted-interrupts   depth 31   1.2 M states   640 k/s   frontier 80 k   212 MB`; what does not fit is left out. */
export function explorationLine(progress: ExplorationProgress, { width, paint }: Page): string {
  let { length } = progress.system;
  let line = progress.system;
  for (const fact of facts(progress)) {
    length += 3 + fact.length;
    if (length > width - 1) break;
    line += `   ${paint.dim(fact)}`;
  }
  return line;
}

const facts = ({ depth, states, frontier, seconds, bytes }: ExplorationProgress): string[] => [
  `depth ${depth}`,
  `${compact(states)} states`,
  ...(seconds > 0.2 ? [`${compact(states / seconds)} states/s`] : []),
  `frontier ${compact(frontier)}`,
  bytesText(bytes),
];
