import { places } from '../../../spec/vmcs12/universe.ts';
import * as field from './field-numbers.ts';
import type { Machine } from './machine.ts';
import { in64BitMode } from './mode.ts';

/** The linear address of the operand of LMSW and OUTS: "plus the base of DS outside 64-bit mode". */
export const dataAddress = (m: Machine): number =>
  in64BitMode(m) ? places.data : places.data + m.hardware[field.dsBase];
