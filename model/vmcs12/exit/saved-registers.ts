import { rflags } from '../bits.ts';
import { Part } from '../part.ts';
import type { Vmcs12State as State, VmExit } from '../state.ts';
import { controls, withFields } from '../update.ts';
import type { FieldValues } from '../vmcs.ts';

/** Saving control registers, debug register, RIP, RSP and RFLAGS. */
export class SavedRegisters extends Part {
  save(state: State, exit: VmExit): State {
    const { returnPoint } = this.parts;
    const rf = returnPoint.rf(state, exit);
    return withFields(
      state,
      {
        cr0: this.cr0(state),
        ...this.cr3(state),
        ...this.cr4(state),
        ...this.dr7(state),
        rsp: this.rsp(state),
        rip: returnPoint.rip(state, exit),
        rflags: this.rflags(state, rf ?? false),
      },
      rf === undefined ? { rflags: ~rflags.rf } : {},
    );
  }

  /** "bits that L2 owns as they are, bits that only L0 traps as L2 last wrote them", bits under L1's mask as the field */
  cr0(state: State): number {
    this.cite('cr0-is-what-l2-left');
    const { controlRegisters } = this.parts;
    if (controlRegisters.mask(state, 'cr0') !== 0) this.cite('cr0-bits-of-l1-mask-come-back');
    return controlRegisters.effective(state, 'cr0');
  }

  /** "by the rule of CR0" */
  cr4(state: State): FieldValues {
    this.cite('cr4-is-what-l2-left');
    const { controlRegisters } = this.parts;
    if (controlRegisters.mask(state, 'cr4') !== 0) this.cite('cr4-bits-of-l1-mask-come-back');
    return { cr4: controlRegisters.effective(state, 'cr4') };
  }

  /** "as L2 last loaded it, with and without EPT" */
  cr3({ l2 }: State): FieldValues {
    this.cite('cr3-is-always-saved');
    return { cr3: l2.cr3 };
  }

  dr7(state: State): FieldValues {
    this.cite('dr7-is-saved-with-debug-controls');
    return this.savesDr7(state) ? { dr7: state.l2.dr7 } : {};
  }

  savesDr7(state: State): boolean {
    return controls(state, 'saveDebugControls');
  }

  rsp({ l2 }: State): number {
    this.cite('rsp-and-rflags-are-saved');
    return l2.rsp;
  }

  rflags({ l2 }: State, rf: boolean): number {
    return ((l2.rflags & ~rflags.rf) | (rf ? rflags.rf : 0)) >>> 0;
  }
}
