import { AdapterError } from '../../spec/contract.ts';

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
    const text = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    error ??= new AdapterError('E_ADAPTER_THREW', `the implementation threw when nobody had called it: ${text}`, {
      cause,
    });
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
