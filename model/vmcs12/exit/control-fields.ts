import { interruptionInformation } from '../../../spec/vmx/interruption-information.ts';
import { allControlBits, read, written, type FieldValues, type Vmcs } from '../vmcs.ts';
import { any, efer, put } from '../bits.ts';
import { Part } from '../part.ts';
import type { Vmcs12State as State } from '../state.ts';
import { vmcsOf } from '../update.ts';

/** Fields outside the guest-state and exit-information areas: what an exit makes of them is nearly nothing. */
export class ControlFields extends Part {
  afterExit(state: State): Vmcs {
    const vmcs = vmcsOf(state);
    return written(vmcs, {
      ...this.entryEvent(vmcs),
      ...this.entryControls(state),
      ...this.controls(state),
      ...this.otherControls(state),
      ...this.masks(state),
      ...this.hostState(state),
      ...this.instructionError(state),
    });
  }

  /** "An exit clears bit 31, so that no event is injected twice"; "Bits 30:0 stay as L1 wrote them" */
  entryEvent(vmcs: Vmcs): FieldValues {
    const information = read(vmcs, 'entryInterruption');
    this.cite('entry-error-code-and-length-stay');
    if (information === 0) return {};
    this.cite('exit-keeps-the-rest-of-entry-information');
    if (any(information, interruptionInformation.valid)) this.cite('exit-clears-entry-valid-bit');
    return { entryInterruption: put(information, interruptionInformation.valid, false) };
  }

  /** "Where the processor saves EFER.LMA, every exit makes 'IA-32e mode guest' equal to it" */
  entryControls(state: State): FieldValues {
    if (!state.machine.config.savesEferLma) {
      this.cite('ia32e-mode-guest-stays-without-the-feature');
      return {};
    }
    this.cite('ia32e-mode-guest-follows-lma');
    const { bit } = allControlBits.ia32eModeGuest;
    const entryControls = put(read(vmcsOf(state), 'entryControls'), 1 << bit, any(state.l2.efer, efer.lma));
    return { entryControls };
  }

  /** "read as L1 wrote them, whatever L0's own controls are" */
  controls(_state: State): FieldValues {
    this.cite('controls-keep-what-l1-wrote');
    return {};
  }

  otherControls(_state: State): FieldValues {
    this.cite('tsc-offset-keeps-what-l1-wrote');
    this.cite('other-controls-keep-what-l1-wrote');
    this.cite('eptp-changes-by-vm-function-alone');
    return {};
  }

  /** "the processor never writes a read shadow" */
  masks(_state: State): FieldValues {
    this.cite('masks-and-shadows-keep-what-l1-wrote');
    return {};
  }

  hostState(_state: State): FieldValues {
    this.cite('host-state-keeps-what-l1-wrote');
    return {};
  }

  /** "VMX instructions that fail write it, and nobody else" */
  instructionError(_state: State): FieldValues {
    this.cite('exit-leaves-instruction-error');
    return {};
  }
}
