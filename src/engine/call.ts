import type { AnyConfiguration } from '../../spec/alphabet.ts';
import { AdapterError, type AdapterErrorCode, type WordImplementation } from '../../spec/contract.ts';
import type { Layout } from './layout.ts';

/** What an implementation threw, as a failure of the harness around it; its own adapter errors pass unchanged. */
export function asAdapterError(cause: unknown, during: string): AdapterError {
  if (cause instanceof AdapterError) return cause;
  // A module may bring the class from another copy of the package.
  if (cause instanceof Error && cause.name === 'AdapterError' && 'code' in cause) {
    return new AdapterError(cause.code as AdapterErrorCode, cause.message, { cause });
  }
  const text = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  return new AdapterError('E_ADAPTER_THREW', `the implementation threw during ${during}: ${text}`, { cause });
}

/** Resets an implementation in this process; gives its observation. Throws an `AdapterError`. */
export function resetWords(implementation: WordImplementation, config: AnyConfiguration, layout: Layout): Uint32Array {
  try {
    implementation.reset(config);
  } catch (cause) {
    throw asAdapterError(cause, 'reset');
  }
  const { words } = implementation;
  if (!(words instanceof Uint32Array) || words.length !== layout.size) {
    const got = words instanceof Uint32Array ? `${words.length} words` : typeof words;
    throw new AdapterError('E_ADAPTER_OUTPUT', `expected an observation of ${layout.size} words, got ${got}`);
  }
  return words;
}

/** Plays an event on an implementation in this process; whether its precondition held. Throws an `AdapterError`. */
export function stepWords(implementation: WordImplementation, code: number): boolean {
  try {
    return implementation.step(code);
  } catch (cause) {
    throw asAdapterError(cause, `event ${code}`);
  }
}
