import { exitCodes } from '../engine/verdict.ts';

let over = false;

/** Whatever ends the process from now on was meant to. */
export function mayEnd(): void {
  over = true;
}

/**
 * An implementation in this process may end it, with an exit code that would say something about itself. That is
 * an adapter error, whatever the code.
 */
export function guardAgainstEarlyEnd(): void {
  process.on('exit', () => {
    if (over) return;
    process.stderr.write('adapter error: the implementation ended the process (E_ADAPTER_DIED)\n');
    process.exitCode = exitCodes['adapter-error'];
  });
}
