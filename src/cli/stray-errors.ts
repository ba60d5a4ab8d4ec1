import type { AdapterError } from '../../spec/contract.ts';
import { asAdapterError } from '../engine/call.ts';

/** Errors that an implementation throws outside of every call, in a timer or a promise that nobody awaits. */
export interface StrayErrors {
  /** Aborted by the first one. */
  readonly signal: AbortSignal;
  readonly error: AdapterError | undefined;
  /** Gives such errors back to Node. */
  release(): void;
}

/** Catches stray errors from now on. */
export function strayErrors(): StrayErrors {
  const controller = new AbortController();
  let error: AdapterError | undefined;
  const handle = (cause: unknown): void => {
    error ??= asAdapterError(cause, 'no call: in a timer, or in a promise that nobody awaits');
    controller.abort();
  };
  process.on('uncaughtException', handle);
  return {
    signal: controller.signal,
    get error() {
      return error;
    },
    release: () => process.off('uncaughtException', handle),
  };
}
