import { controls } from '../../spec/nested-vmx/universe.ts';

/** Name of a control of the VMCS. */
export type ControlName = (typeof controls)[number];

const places = new Map<string, number>(controls.map((name, place) => [name, 1 << place]));

/** The bit of a control in `vmcs.controls`. */
export const controlBit = (name: ControlName): number => places.get(name)!;

/** Bits of `levels.flags`. */
export const levelBits = { runs: 1, if: 2, sti: 4, movss: 8, nmi: 16 } as const;

/** Bits of `vmcs.flags`. */
export const vmcsBits = { expired: 1, idt: 2 } as const;

/** Bits of `pending.flags`. */
export const pendingBits = {
  nmi: 1,
  init: 2,
  sipi: 4,
  mtf: 8,
  timer: 16,
  pic: 32,
  line: 64,
  remoteIrr: 128,
} as const;

/** IF is 1 and there is no blocking, by `levels.flags`. */
export const isOpen = (flags: number): boolean =>
  (flags & (levelBits.if | levelBits.sti | levelBits.movss)) === levelBits.if;

/** Whether blocking that a parameter names is there. */
export function holdsOff(by: 'none' | 'sti' | 'movss' | 'both', flags: number): boolean {
  const mask =
    (by === 'sti' || by === 'both' ? levelBits.sti : 0) | (by === 'movss' || by === 'both' ? levelBits.movss : 0);
  return (flags & mask) !== 0;
}
