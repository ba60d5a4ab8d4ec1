import { any, cr0, cr4, merge } from '../bits.ts';
import { Part } from '../part.ts';
import type { ControlRegister, Vmcs12State as State } from '../state.ts';
import { fieldOf } from '../update.ts';

/** A register that has a guest/host mask and a read shadow. */
export type MaskedRegister = 'cr0' | 'cr4';

const masks = { cr0: 'cr0Mask', cr4: 'cr4Mask' } as const;
const shadows = { cr0: 'cr0Shadow', cr4: 'cr4Shadow' } as const;

/**
 * CR0 and CR4 while L2 runs. There are three kinds of bits: those that L2 owns in hardware; those under L1's mask, which
 * L2 cannot change without an exit to L1; and those that only L0 traps, which L0 keeps in the read shadow of its own.
 * Without L0 the third kind is empty.
 */
export class ControlRegisters extends Part {
  /** L1's guest/host mask. */
  mask(state: State, register: MaskedRegister): number {
    return fieldOf(state, masks[register]);
  }

  /** L1's read shadow. */
  shadow(state: State, register: MaskedRegister): number {
    return fieldOf(state, shadows[register]);
  }

  /** Bits that L0 takes from L2, and keeps at 1 in hardware. */
  takenByL0({ l0 }: State, register: MaskedRegister): number {
    if (register === 'cr0') return l0.lazyFpu ? cr0.ts : 0;
    return l0.trapsPge ? cr4.pge : 0;
  }

  /** Bits that L2 reads and writes in hardware: "L0 gives L2 TS of CR0 and PGE of CR4, minus L1's mask". */
  owned(state: State, register: MaskedRegister): number {
    const given = register === 'cr0' ? cr0.ts : cr4.pge;
    const untaken = state.machine.isNested ? given & ~this.takenByL0(state, register) : 0xffff_ffff;
    return (untaken & ~this.mask(state, register)) >>> 0;
  }

  /** The register, mask and shadow that make L2 see `value` as L1 has it. */
  composed(state: State, register: MaskedRegister, value: number): ControlRegister {
    return {
      hardware: (value | this.takenByL0(state, register)) >>> 0,
      shadow: this.composedShadow(state, register, value),
      owned: this.owned(state, register),
    };
  }

  /** "L2 reads bits under L1's mask from L1's read shadow, the others as they are; L0's mask and shadow do not show." */
  composedShadow(state: State, register: MaskedRegister, value: number): number {
    this.cite('l2-reads-the-shadow-under-the-mask');
    return merge(this.mask(state, register), this.shadow(state, register), value);
  }

  /** The value that L2 works with, and leaves: each of the three kinds of bits from its own place. */
  effective(state: State, register: MaskedRegister): number {
    const { hardware, shadow, owned } = state.l2[register];
    const untrapped = merge(owned, hardware, shadow);
    return merge(this.mask(state, register), fieldOf(state, register), untrapped);
  }

  /** "if, for a bit of the guest/host mask, the operand differs from the read shadow" */
  exits(state: State, register: MaskedRegister, operand: number, bits = 0xffff_ffff): boolean {
    this.cite('masked-bit-that-differs-exits');
    return any((operand ^ this.shadow(state, register)) & this.mask(state, register), bits);
  }

  /** "change the bits outside the guest/host mask only" */
  afterMove(state: State, register: MaskedRegister, operand: number): number {
    return merge(this.mask(state, register), this.effective(state, register), operand);
  }

  /** L2 writes the register, with no exit to L1. What L2 does not own in hardware is L0's to do. */
  write(state: State, register: MaskedRegister, value: number): State {
    this.cite('unmasked-bits-take-effect');
    const changed = (value ^ this.effective(state, register)) & ~state.l2[register].owned;
    const left = changed === 0 ? state : this.parts.physicalExits.controlRegisterAccess(state);
    return { ...left, l2: { ...left.l2, [register]: this.composed(left, register, value) } };
  }
}
