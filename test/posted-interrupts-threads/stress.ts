import { Worker } from 'node:worker_threads';
import { Arena, type Start } from './arena.ts';
import type { Race } from './races.ts';

/** What a run has done, and what went wrong. */
export interface StressResult {
  readonly race: Race;
  readonly seconds: number;
  /** Each ends with everything at rest, and the ledger judged. */
  readonly rounds: number;
  readonly posts: number;
  readonly deliveries: number;
  readonly entries: number;
  readonly notifications: number;
  readonly sleeps: number;
  readonly preemptions: number;
  readonly violation: string | undefined;
}

/** Milliseconds after its end that a run may still take, before it counts as hung. */
const patience = 60_000;

/**
 * A target and posters in threads of their own, over one descriptor, until `seconds` are over or the ledger is violated.
 * Throws an `Error` when a thread dies, or does not come to its end.
 */
export async function stress(race: Race, seconds: number, posters = 2, seed = 1): Promise<StressResult> {
  const buffer = new SharedArrayBuffer(Arena.byteLength);
  const start = (poster: number): Start => ({ buffer, race, posters, poster, seed, seconds });
  const workers = Array.from(
    { length: posters },
    (_, poster) => new Worker(new URL('poster.ts', import.meta.url), { workerData: start(poster) }),
  );
  const target = new Worker(new URL('target.ts', import.meta.url), { workerData: start(-1) });
  workers.push(target);
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<StressResult>((resolve, reject) => {
      target.once('message', resolve);
      for (const worker of workers) worker.once('error', reject);
      const giveUp = (): void => {
        reject(new Error(`${race}: no end after ${seconds} s: ${new Arena(buffer, race).describe()}`));
      };
      timer = setTimeout(giveUp, 1000 * seconds + patience);
    });
  } finally {
    clearTimeout(timer);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
