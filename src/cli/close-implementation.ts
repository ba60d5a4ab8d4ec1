import { asAdapterError } from '../engine/call.ts';
import { defaultStepTimeout, within } from '../engine/deadline.ts';
import type { UnderTest } from '../engine/under-test.ts';

/** Lets an implementation go. Trouble on the way is a warning: everything that was to be played had been played. */
export async function closeImplementation(iut: UnderTest): Promise<void> {
  if (iut.kind !== 'plain' && iut.kind !== 'pipelined') return;
  try {
    await within(
      () => iut.implementation.close?.(),
      defaultStepTimeout,
      () => 'close',
    );
  } catch (cause) {
    process.stderr.write(`warning: ${asAdapterError(cause, 'close').message}\n`);
  }
}
