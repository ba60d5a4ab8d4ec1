import { Worker } from 'node:worker_threads';
import type { Implementation } from '../../spec/contract.ts';
import type { UnderTest } from '../engine/under-test.ts';

/** An implementation under watch. */
export interface Watched {
  readonly iut: UnderTest;
  release(): Promise<void>;
}

/**
 * The worker looks whether one call goes on for too long: the counter is odd while one is running. A call that never
 * returns keeps this thread from doing anything, so that all that is left is to say so and to end the process.
 */
const worker = `
const { workerData: { counter, limit, name } } = require('node:worker_threads');
const { writeSync } = require('node:fs');
let seen = -1;
let since = 0;
setInterval(() => {
  const now = Atomics.load(counter, 0);
  if (now !== seen) { seen = now; since = performance.now(); return; }
  if (now % 2 === 0 || performance.now() - since < limit) return;
  writeSync(2, 'adapter error: ' + name + ' has not returned from a call for ' + limit / 1000
    + ' s, and cannot be interrupted; ending the process (E_ADAPTER_TIMEOUT)\\n');
  process.kill(process.pid, 'SIGKILL');
}, 200);
`;

/**
 * Watches the calls of an implementation in this process. What answers later has a deadline in the engine; this is for
 * the call that does not even return.
 *
 * @param limit milliseconds that one call may take
 */
export function watch(iut: UnderTest, limit: number): Watched {
  if (iut.kind !== 'plain') return { iut, release: async () => {} };
  const counter = new Int32Array(new SharedArrayBuffer(4));
  const dog = new Worker(worker, { eval: true, workerData: { counter, limit, name: iut.name } });
  dog.unref();
  const { implementation } = iut;
  const watched = <T>(call: () => T): T => {
    Atomics.add(counter, 0, 1);
    try {
      return call();
    } finally {
      Atomics.add(counter, 0, 1);
    }
  };
  const onALeash: Implementation = {
    reset: (config) => watched(() => implementation.reset(config)),
    step: (event) => watched(() => implementation.step(event)),
    close: () => watched(() => implementation.close?.()),
  };
  return {
    iut: { ...iut, implementation: onALeash },
    release: async () => {
      await dog.terminate();
    },
  };
}
