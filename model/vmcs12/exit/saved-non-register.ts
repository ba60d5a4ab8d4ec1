import { activityStates, interruptibility } from '../../../spec/vmx/guest-non-register-state.ts';
import { Part } from '../part.ts';
import type { Vmcs12State as State, VmExit } from '../state.ts';
import { controls, isPaePaging, withFields } from '../update.ts';
import type { FieldValues } from '../vmcs.ts';

/** Saving non-register state, PDPTEs, and what virtualization features keep in the guest-state area. */
export class SavedNonRegister extends Part {
  save(state: State, exit: VmExit): State {
    return withFields(
      state,
      {
        activity: this.activity(state, exit),
        interruptibility: this.interruptibility(state, exit),
        pendingDebug: this.pendingDebug(state, exit),
        ...this.linkPointer(state),
        ...this.timer(state),
        ...this.pdptes(state),
        ...this.interruptStatus(state),
        ...this.pmlIndex(state),
      },
      this.openPdptes(state),
    );
  }

  /** "as it was before the exit: what takes L2 out of HLT saves HLT"; "An event whose delivery begins makes L2 active" */
  activity({ l2 }: State, { inFlight }: VmExit): number {
    if (l2.activity !== activityStates.active) this.cite('activity-is-that-before-the-exit');
    else if (inFlight !== undefined) this.cite('delivery-ends-a-halt');
    return l2.activity;
  }

  interruptibility(state: State, exit: VmExit): number {
    return this.shadow(state, exit) | this.smiBlocking(state) | this.nmiBlocking(state, exit);
  }

  /** "saved where the exit comes before the next instruction has completed"; with valid IDT-vectoring none is */
  shadow({ l2 }: State, { inFlight, by }: VmExit): number {
    if (inFlight !== undefined || by === 'trap') this.cite('ended-shadow-is-not-saved');
    else if (l2.shadow !== 0) this.cite('shadow-is-saved-as-before-the-exit');
    return inFlight === undefined ? l2.shadow : 0;
  }

  /** "Bit 2 of the interruptibility state is saved as 0." */
  smiBlocking(_state: State): number {
    this.cite('smi-blocking-is-saved-clear');
    return 0;
  }

  /** "saved as blocking by NMI, with 'virtual NMIs' as virtual-NMI blocking" */
  nmiBlocking(state: State, exit: VmExit): number {
    this.cite('nmi-blocking-is-saved');
    return this.isNmiBlocking(state, exit) ? interruptibility.blockingByNmi : 0;
  }

  /** "An NMI that exits directly saves blocking by NMI as it was before the NMI." */
  isNmiBlocking({ l2 }: State, { interruption }: VmExit): boolean {
    if (interruption === 0x8000_0202) this.cite('nmi-that-exits-does-not-block');
    return l2.nmiBlocking;
  }

  /** "saved as 0 unless a trap is outstanding that the exit overtakes" */
  pendingDebug({ l2 }: State, { by }: VmExit): number {
    if (l2.pendingDebug === 0) this.cite('pending-debug-is-saved-clear');
    else if (l2.shadow === interruptibility.blockingByMovSs) this.cite('pending-debug-in-a-mov-ss-shadow');
    else if (by === 'trap') this.cite('pending-debug-of-a-trap-like-exit');
    return l2.pendingDebug;
  }

  /** "nothing that L2 does and no exit changes it, and L0's own value does not show" */
  linkPointer(_state: State): FieldValues {
    this.cite('link-pointer-never-changes');
    return {};
  }

  /** "what is left: 0 after an exit by its expiry" */
  timer(state: State): FieldValues {
    const saves = controls(state, 'saveTimer');
    this.cite(saves ? 'timer-is-saved-by-the-exit-control' : 'unsaved-timer-keeps-what-l1-wrote');
    return saves ? { timerValue: state.l2.timer } : {};
  }

  /** "With EPT, and L2 in PAE paging, the PDPTE fields take the PDPTEs that L2 uses" */
  pdptes(state: State): FieldValues {
    if (!this.savesPdptes(state)) return {};
    this.cite('pdptes-are-saved-with-ept-in-pae-mode');
    const [pdpte0, pdpte1] = state.l2.pdptes;
    return { pdpte0, pdpte1 };
  }

  /** "Without EPT, or outside PAE paging, the PDPTE fields are undefined after an exit" */
  openPdptes(state: State): FieldValues {
    if (this.savesPdptes(state)) return {};
    this.cite('pdptes-are-open-otherwise');
    return { pdpte0: 0, pdpte1: 0 };
  }

  savesPdptes(state: State): boolean {
    const cr0 = this.parts.controlRegisters.effective(state, 'cr0');
    return controls(state, 'ept') && isPaePaging(cr0, state.l2.efer);
  }

  /** "RVI and SVI as the processor holds them" */
  interruptStatus(state: State): FieldValues {
    if (!controls(state, 'virtualInterruptDelivery')) {
      this.cite('interrupt-status-stays-without-delivery');
      return {};
    }
    this.cite('interrupt-status-is-saved-as-held');
    return { interruptStatus: state.l2.rvi | (state.l2.svi << 8) };
  }

  /** "each logged write takes one from the PML index; the exit saves it" */
  pmlIndex(state: State): FieldValues {
    if (!controls(state, 'pml')) {
      this.cite('pml-index-stays-without-pml');
      return {};
    }
    this.cite('pml-index-counts-down');
    return { pmlIndex: state.l2.pmlIndex };
  }
}
