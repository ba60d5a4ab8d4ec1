// `program.begun`: 1 + place of the instruction in 7:0, place of its argument in its domain in 15:8, bit 16 for its cause.

/** Whether what made the instruction fault is still there. */
export const cause = 1 << 16;

/** The number of the instruction, from 1. */
export const instructionOf = (begun: number): number => begun & 0xff;

/** The place of its argument in its domain. */
export const argumentOf = (begun: number): number => (begun >>> 8) & 0xff;
