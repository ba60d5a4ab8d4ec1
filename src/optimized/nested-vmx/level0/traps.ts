import type { Machine } from '../machine.ts';
import { leave } from './leave.ts';
import { runToBoundary } from './run.ts';

/**
 * The next instruction of the running level is fetched from a page that L0 has swapped out: it exits before it does
 * anything, L0 puts the page back, and the level comes to the same instruction again.
 */
export function refetch(m: Machine): void {
  const { l0 } = m;
  if (!l0.trapInstruction) return;
  l0.trapInstruction = false;
  leave(m);
  runToBoundary(m);
}

/** Whether the next instruction exits to L0, which does it in the level's stead. L0 then has control. */
export function isEmulated(m: Machine): boolean {
  const { l0 } = m;
  if (!l0.trapEmulation) return false;
  l0.trapEmulation = false;
  leave(m);
  return true;
}
