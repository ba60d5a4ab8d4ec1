import { AdapterError } from '../../spec/contract.ts';
import { asAdapterError } from './call.ts';

/** Milliseconds that an implementation has for one step, unless the caller says otherwise. */
export const defaultStepTimeout = 5000;

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';

const named = (during: string | (() => string)): string => (typeof during === 'string' ? during : during());

/**
 * What a call of an implementation gives, at once or later. Throws an `AdapterError`: `E_ADAPTER_THREW` if the call
 * throws or rejects, `E_ADAPTER_TIMEOUT` if it has not settled after `milliseconds`. A call that never returns cannot
 * be interrupted: only what is awaited has a deadline. `during` names the call, if it comes to that.
 */
export async function within<T>(
  call: () => T | PromiseLike<T>,
  milliseconds: number,
  during: string | (() => string),
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const result = call();
    if (!isPromise(result)) return result;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const hint = 'it hangs, or needs a longer step timeout';
        const message = `no answer to ${named(during)} within ${milliseconds / 1000} s: ${hint}`;
        reject(new AdapterError('E_ADAPTER_TIMEOUT', message));
      }, milliseconds);
    });
    return await Promise.race([result, late]);
  } catch (cause) {
    throw asAdapterError(cause, named(during));
  } finally {
    clearTimeout(timer);
  }
}
