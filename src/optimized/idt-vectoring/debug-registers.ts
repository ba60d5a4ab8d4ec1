import type { Machine } from './machine.ts';

/** B3 to B0: a debug exception replaces them, the other bits of DR6 stay until software clears them. */
const breakpoints = 0xf;

/** What a debug exception writes when it does not exit: its bits to DR6, and GD becomes 0. */
export function writeDr6(m: Machine, bits: number): void {
  m.dr6 = (m.dr6 & ~breakpoints) | bits;
  m.generalDetect = 0;
}
