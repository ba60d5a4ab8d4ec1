/** Bits of registers, by the manual's names. */
export const ts = 1 << 3;
export const pg = 1 << 31;
export const pge = 1 << 7;
export const vmxe = 1 << 13;
export const lme = 1 << 8;
export const lma = 1 << 10;
export const trapFlag = 1 << 8;
export const interruptFlag = 1 << 9;
export const resumeFlag = 1 << 16;
export const lbr = 1;
export const btf = 2;

/** Of access rights: 64-bit code, and unusable. */
export const codeL = 1 << 13;
export const unusable = 1 << 16;

/** Of interruption and IDT-vectoring information. */
export const valid = 1 << 31;
export const errorCodeValid = 1 << 11;
