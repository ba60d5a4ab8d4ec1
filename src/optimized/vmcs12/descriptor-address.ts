import * as field from './field-numbers.ts';
import type { Machine } from './machine.ts';
import { longModeActive } from './mode.ts';

/** Where the descriptor of a vector is: what a delivery reads first, and where an obstacle in the IDT stands. */
export const descriptorAddress = (m: Machine, vector: number): number =>
  m.hardware[field.idtrBase] + vector * (longModeActive(m) ? 16 : 8);
