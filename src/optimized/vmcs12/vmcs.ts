import * as field from './field-numbers.ts';

/** A VMCS that L1 keeps for L2, as it is in memory. */
export class Vmcs {
  readonly fields = new Uint32Array(field.fieldCount);
  /** Which of the fields that an entry would load are undefined: see {@link undefinedBit}. */
  undefinedFields = 0;
}

const canBeUndefined = [
  field.ssBase,
  field.ssLimit,
  field.dsBase,
  field.dsLimit,
  field.fsLimit,
  field.ldtrBase,
  field.ldtrLimit,
  field.pdpte0,
  field.pdpte1,
];

/** The bit of a field in {@link Vmcs.undefinedFields}; 0 for fields that an entry always finds defined. */
export const undefinedBit = new Uint16Array(field.fieldCount);
canBeUndefined.forEach((number, place) => (undefinedBit[number] = 1 << place));

/** By the field of the access rights of a segment: what an unusable segment leaves undefined. The base of FS is not. */
export const openIfUnusable = new Uint16Array(field.fieldCount);
openIfUnusable[field.ssAccessRights] = undefinedBit[field.ssBase] | undefinedBit[field.ssLimit];
openIfUnusable[field.dsAccessRights] = undefinedBit[field.dsBase] | undefinedBit[field.dsLimit];
openIfUnusable[field.fsAccessRights] = undefinedBit[field.fsLimit];
openIfUnusable[field.ldtrAccessRights] = undefinedBit[field.ldtrBase] | undefinedBit[field.ldtrLimit];

/** Both PDPTEs. */
export const pdptesBits = undefinedBit[field.pdpte0] | undefinedBit[field.pdpte1];
