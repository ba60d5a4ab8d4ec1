import { findExecutable } from './find-executable.ts';

const missing = findExecutable('qemu-system-aarch64') === undefined;

/**
 * Why tests that need a real QEMU are skipped here, as the end of a title; undefined if they run. With the environment
 * variable CI set they always run: there the absence of QEMU is a failure.
 */
export const skipped: string | undefined =
  missing && !process.env['CI'] ? ' (skipped: no qemu-system-aarch64; apt-get install qemu-system-arm)' : undefined;
