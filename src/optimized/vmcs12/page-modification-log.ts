import * as field from './field-numbers.ts';
import type { Machine } from './machine.ts';

const entries = 512;

/** "A write that PML cannot log exits before it is done." */
export const logIsFull = (m: Machine): boolean => m.hardware[field.pmlIndex] >= entries;

export function logWrite(m: Machine): void {
  m.hardware[field.pmlIndex] = (m.hardware[field.pmlIndex] - 1) & 0xffff;
}
