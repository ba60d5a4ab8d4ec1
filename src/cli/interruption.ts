import { mayEnd } from './early-end.ts';

/** An interruption by the user or by a build server. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** Gives the signals back to Node. */
  release(): void;
}

/** 128 and the number of the signal, as shells have it. */
const killed = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * The first Ctrl-C, or the first SIGTERM, asks for an orderly end: what was found is kept and reported. The second one
 * ends the process at once.
 */
export function interruption(notify: (text: string) => void): Interruption {
  const controller = new AbortController();
  const handle = (signal: 'SIGINT' | 'SIGTERM'): void => {
    if (controller.signal.aborted) {
      mayEnd();
      process.exit(killed[signal]);
    }
    notify(signal === 'SIGINT' ? 'Stopping; once more to end at once.\n' : 'Stopping.\n');
    controller.abort();
  };
  const onInterrupt = (): void => handle('SIGINT');
  const onTerminate = (): void => handle('SIGTERM');
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onTerminate);
  return {
    signal: controller.signal,
    release() {
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onTerminate);
    },
  };
}
