import type { Progress } from '../engine/campaign-result.ts';
import type { Page } from './page.ts';
import { compact } from './compact.ts';

/** Tells how a campaign gets on. */
export interface ProgressDisplay {
  update(progress: Progress): void;
  /** Wipes the live line, so that something else can be written. */
  clear(): void;
}

const frame = 80;
const plainEvery = 5_000;

/** One live line on a terminal. */
export async function liveProgress(stream: NodeJS.WriteStream, page: () => Page): Promise<ProgressDisplay> {
  const { createLogUpdate } = await import('log-update');
  const line = createLogUpdate(stream);
  let last = -Infinity;
  return {
    update(progress) {
      const now = performance.now();
      if (now - last < frame) return;
      last = now;
      line(progressLine(progress, page()));
    },
    clear: () => line.clear(),
  };
}

/** A line every few seconds, where nothing can be overwritten. */
export function plainProgress(write: (line: string) => void): ProgressDisplay {
  let last = performance.now();
  return {
    update(progress) {
      const now = performance.now();
      if (now - last < plainEvery) return;
      last = now;
      write(`${plainLine(progress)}\n`);
    },
    clear() {},
  };
}

const barWidth = 18;

/** `vgic  ━━━━━━──────  31 k sequences  560 k events/s  clauses 98/114  9 s left`; what does not fit is left out. */
export function progressLine(progress: Progress, { width, paint }: Page): string {
  const filled = Math.round(Math.min(Math.max(progress.done, 0), 1) * barWidth);
  const bar = `${paint.green('━'.repeat(filled))}${paint.dim('─'.repeat(barWidth - filled))}`;
  const head = `${progress.system}   ${bar}`;
  let length = progress.system.length + 3 + barWidth;
  let line = head;
  for (const fact of facts(progress)) {
    length += 3 + fact.length;
    if (length > width - 1) break;
    line += `   ${paint.dim(fact)}`;
  }
  return line;
}

const plainLine = (progress: Progress): string =>
  [`${progress.system}: ${Math.round(progress.done * 100)} %`, ...facts(progress)].join(', ');

function facts(progress: Progress): string[] {
  const { phase, sequences, events, seconds, clausesReached, clausesTotal, violations } = progress;
  if (phase === 'corpus') return ['replaying the corpus'];
  const shrinking = phase === 'shrink' ? ['shrinking'] : [];
  const found = violations === 0 ? [] : [`${violations} found`];
  return [
    ...found,
    ...shrinking,
    `${compact(sequences)} sequences`,
    ...(seconds > 0.2 ? [`${compact(events / seconds)} events/s`] : []),
    `clauses ${clausesReached}/${clausesTotal}`,
    ...timeLeft(progress),
  ];
}

/** Assumes that the rest goes as fast as what is done; says nothing before that means something. */
function timeLeft({ seconds, done }: Progress): string[] {
  if (done < 0.02 || done >= 1 || seconds < 0.5) return [];
  return [`${Math.ceil((seconds / done) * (1 - done))} s left`];
}
