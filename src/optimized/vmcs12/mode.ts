import { btf, codeL, lma, pg, trapFlag, unusable } from './bits.ts';
import * as field from './field-numbers.ts';
import type { Machine } from './machine.ts';

// Modes of L2. L0 never has PG other than L2 has it.

export const longModeActive = (m: Machine): boolean => (m.hardware[field.efer] & lma) !== 0;

export const paging = (m: Machine): boolean => (m.hardware[field.cr0] & pg) !== 0;

/** "PAE paging: PG = 1 and LMA = 0." */
export const paePaging = (m: Machine): boolean => paging(m) && !longModeActive(m);

export const in64BitMode = (m: Machine): boolean =>
  longModeActive(m) && (m.hardware[field.csAccessRights] & codeL) !== 0;

export const isUnusable = (m: Machine, accessRights: number): boolean => (m.hardware[accessRights] & unusable) !== 0;

/** "An instruction that begins with TF = 1 and BTF = 0 ends with a debug trap." */
export const stepsSingly = (m: Machine): boolean =>
  (m.hardware[field.rflags] & trapFlag) !== 0 && (m.hardware[field.debugctl] & btf) === 0;

/** TF and BTF: a trap at branches alone. */
export const stepsBranches = (m: Machine): boolean =>
  (m.hardware[field.rflags] & trapFlag) !== 0 && (m.hardware[field.debugctl] & btf) !== 0;

/** Blocking by STI or MOV SS. */
export const inShadow = (m: Machine): boolean => (m.hardware[field.interruptibility] & 3) !== 0;
