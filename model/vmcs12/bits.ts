/** Bits of registers of L2 that the rules look at, by their names in the manual. */
export const cr0 = { ts: 1 << 3, wp: 1 << 16, pg: 0x8000_0000 } as const;

/** Bits of CR4. */
export const cr4 = { pge: 1 << 7, vmxe: 1 << 13 } as const;

/** Bits of IA32_EFER. */
export const efer = { lme: 1 << 8, lma: 1 << 10 } as const;

/** Bits of RFLAGS. Bit 1 is always 1. */
export const rflags = { fixed: 1 << 1, tf: 1 << 8, if: 1 << 9, rf: 1 << 16 } as const;

/** Bits of IA32_DEBUGCTL. */
export const debugctl = { lbr: 1 << 0, btf: 1 << 1 } as const;

/** Bits of access rights. */
export const accessRights = { dpl: 3 << 5, long: 1 << 13, unusable: 1 << 16 } as const;

/** The word with a bit, or bits, set or cleared. */
export const put = (word: number, bits: number, on: boolean): number => (on ? word | bits : word & ~bits) >>> 0;

/** Whether any of the bits is set. */
export const any = (word: number, bits: number): boolean => (word & bits) !== 0;

/** The bits of `mask` from one word, all others from another. */
export const merge = (mask: number, inside: number, outside: number): number =>
  ((inside & mask) | (outside & ~mask)) >>> 0;
