import * as field from './field-numbers.ts';
import { outcomeWord } from './layout.ts';
import { put } from './lazy-fields.ts';
import type { Machine } from './machine.ts';

/** How a VMX instruction of L1 ends. Always true: none is skipped. */
export function succeed(m: Machine): true {
  m.words[outcomeWord] = 1;
  return true;
}

export function failInvalid(m: Machine): true {
  m.words[outcomeWord] = 2;
  return true;
}

/** There is a current VMCS, and its VM-instruction error says why. */
export function failValid(m: Machine, error: number): true {
  m.words[outcomeWord] = 3;
  put(m, field.instructionError, error);
  return true;
}
