import {
  bits,
  fieldOf,
  withL0,
  written,
  type EventInFlight,
  type FieldValues,
  type MaskedRegister,
  type Vmcs,
  type Vmcs12State as State,
} from '../../../model/vmcs12/index.ts';
import { ControlFields } from '../../../model/vmcs12/exit/control-fields.ts';
import { SavedMsrs } from '../../../model/vmcs12/exit/saved-msrs.ts';
import { SavedNonRegister } from '../../../model/vmcs12/exit/saved-non-register.ts';
import { SavedRegisters } from '../../../model/vmcs12/exit/saved-registers.ts';
import { Composition } from '../../../model/vmcs12/l0/composition.ts';
import { ControlRegisters } from '../../../model/vmcs12/l0/control-registers.ts';
import { PhysicalExits } from '../../../model/vmcs12/l0/physical-exits.ts';

const valid = 0x8000_0000;

const withInjection = (state: State, entryInterruption: number): State =>
  withL0(state, { vmcs02: { ...state.l0.vmcs02, entryInterruption } });

/** The third VMCS injects what L1 asks for. */
export class InjectsForL1 extends Composition {
  override compose(state: State): State {
    return withInjection(super.compose(state), fieldOf(state, 'entryInterruption'));
  }
}

/** L0 delivers an interrupted event again by the same field of the third VMCS. */
export class InjectsAgain extends PhysicalExits {
  override interruptedDelivery(state: State, event: EventInFlight): State {
    return withInjection(super.interruptedDelivery(state, event), event.information);
  }
}

/** `vm_entry_intr_info_field` is read back: the processor has cleared the valid bit, of whatever was injected last. */
export class CopiesEntryInformation extends ControlFields {
  override afterExit(state: State): Vmcs {
    const { entryInterruption = fieldOf(state, 'entryInterruption') } = state.l0.vmcs02;
    return written(super.afterExit(state), { entryInterruption: (entryInterruption & ~valid) >>> 0 });
  }
}

/** `tsc_offset` and `vm_instruction_error` are read back, too. */
export class CopiesControlFields extends CopiesEntryInformation {
  override otherControls(state: State): FieldValues {
    return { ...super.otherControls(state), tscOffset: state.l0.vmcs02.tscOffset ?? fieldOf(state, 'tscOffset') };
  }

  override instructionError(state: State): FieldValues {
    const { instructionError = fieldOf(state, 'instructionError') } = state.l0.vmcs02;
    return { ...super.instructionError(state), instructionError };
  }
}

/** `vmcs_link_pointer` is copied, in case it can change. */
export class CopiesLinkPointer extends SavedNonRegister {
  override linkPointer(state: State): FieldValues {
    super.linkPointer(state);
    return { linkPointer: state.l0.vmcs02.linkPointer ?? fieldOf(state, 'linkPointer') };
  }
}

/** `guest_ia32_debugctl` is copied whatever the controls say. */
export class CopiesDebugctl extends SavedMsrs {
  override savesDebugctl(): boolean {
    return true;
  }
}

/** `guest_ia32_pat` is copied if the controls of L0 itself load it at entries: on any processor that can. */
export class CopiesPat extends CopiesDebugctl {
  override savesPat(): boolean {
    return true;
  }
}

/** An L0 with shadow page tables, as those of 2010 were: it needs WP at 1 in hardware, whatever L2 has written. */
export class KeepsWriteProtection extends ControlRegisters {
  override takenByL0(state: State, register: MaskedRegister): number {
    const taken = super.takenByL0(state, register);
    return state.machine.isNested && register === 'cr0' ? taken | bits.cr0.wp : taken;
  }
}

/** TS is fetched from the read shadow where L0 traps it; all else of CR0, and CR4 whole, is what hardware has. */
export class RebuildsTsAlone extends SavedRegisters {
  override cr0(state: State): number {
    super.cr0(state);
    const { hardware, shadow, owned } = state.l2.cr0;
    const trappedByL0 = bits.cr0.ts & ~owned & ~this.parts.controlRegisters.mask(state, 'cr0');
    return bits.merge(trappedByL0, shadow, hardware);
  }

  override cr4(state: State): FieldValues {
    super.cr4(state);
    return { cr4: state.l2.cr4.hardware };
  }
}

/** The formula of the reply: bits that L2 owns and bits under L1's mask from hardware, all others from the read shadow. */
export class RebuildsByTheReply extends SavedRegisters {
  override cr0(state: State): number {
    super.cr0(state);
    return this.rebuilt(state, 'cr0');
  }

  override cr4(state: State): FieldValues {
    super.cr4(state);
    return { cr4: this.rebuilt(state, 'cr4') };
  }

  private rebuilt(state: State, register: MaskedRegister): number {
    const { hardware, shadow, owned } = state.l2[register];
    return bits.merge(owned | this.parts.controlRegisters.mask(state, register), hardware, shadow);
  }
}
