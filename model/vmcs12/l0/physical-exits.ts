import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { interruptionInformation } from '../../../spec/vmx/interruption-information.ts';
import { places } from '../../../spec/vmcs12/universe.ts';
import { Part } from '../part.ts';
import type { EventInFlight, Vmcs12State as State } from '../state.ts';
import { vmcsOf, withL0, withL2, withVmcs } from '../update.ts';
import type { FieldValues, Vmcs } from '../vmcs.ts';
import type { MaskedRegister } from './control-registers.ts';

/** What makes L2 leave the guest, and L0 enter it again. */
export type HostExitCause = 'interrupt' | 'ept' | 'emulation' | 'lazyFpu' | 'restoreFpu' | 'trapCr4' | 'releaseCr4';

/** An exit that has no such information clears the valid bit, and may leave the others. */
const invalid = (information = 0): number => information & ~interruptionInformation.valid;

/** Exits of L2 that L0 handles: they fill the exit information of the third VMCS, and of no other. */
export class PhysicalExits extends Part {
  hostExit(state: State, cause: HostExitCause): State {
    switch (cause) {
      case 'interrupt':
        return this.handled(state, { exitReason: exitReasons.externalInterrupt, exitInterruption: 0x8000_00ef });
      case 'ept':
        return this.handled(state, {
          exitReason: exitReasons.eptViolation,
          exitQualification: 0x182,
          guestLinearAddress: places.data,
          guestPhysicalAddress: places.data,
        });
      case 'emulation':
        return this.emulated(this.handled(state, { exitReason: exitReasons.eptMisconfiguration }));
      case 'lazyFpu':
        return this.taken(state, 'cr0', { lazyFpu: true });
      case 'restoreFpu':
        return this.taken(state, 'cr0', { lazyFpu: false });
      case 'trapCr4':
        return this.taken(state, 'cr4', { trapsPge: true });
      case 'releaseCr4':
        return this.taken(state, 'cr4', { trapsPge: false });
      default:
        return cause satisfies never;
    }
  }

  /** L2 writes a bit of CR0 or CR4 that only L0 traps. */
  controlRegisterAccess(state: State): State {
    return this.handled(state, { exitReason: exitReasons.crAccess, exitInstructionLength: 3 });
  }

  /** The delivery of an event in L2 meets what L0 took away: L0 gives it back, and delivers the event again. */
  interruptedDelivery(state: State, { information, errorCode = 0, length }: EventInFlight): State {
    return this.handled(withL0(state, { isObstructed: false }), {
      exitReason: exitReasons.eptViolation,
      exitQualification: 0x181,
      idtVectoring: information,
      idtVectoringErrorCode: errorCode,
      exitInstructionLength: length,
    });
  }

  /** Hardware has written exit information; L2 is entered again. */
  handled(state: State, information: FieldValues): State {
    this.cite('physical-exit-leaves-no-trace');
    const { vmcs02 } = state.l0;
    const hardware = {
      exitQualification: 0,
      exitInterruption: invalid(vmcs02.exitInterruption),
      idtVectoring: invalid(vmcs02.idtVectoring),
      ...information,
    };
    const left = withL0(state, { vmcs02: { ...vmcs02, ...hardware } });
    const vmcs = this.vmcsOfL1(vmcsOf(left), hardware);
    const kept = vmcs === vmcsOf(left) ? left : withVmcs(left, vmcs);
    return withL2(kept, { timer: this.timerOfReentry(kept) });
  }

  /** "changes no field of any VMCS of L1" */
  vmcsOfL1(vmcs: Vmcs, _information: FieldValues): Vmcs {
    return vmcs;
  }

  /** "An exit that L0 handles does not start the timer anew." */
  timerOfReentry({ l2 }: State): number {
    this.cite('timer-goes-on-through-physical-exits');
    return l2.timer;
  }

  /** L0 reads the registers of L2, and writes them back. */
  emulated(state: State): State {
    return this.recomposed(this.recomposed(state, 'cr0'), 'cr4');
  }

  /** L0 takes a bit of CR0 or CR4 from L2, or gives it back. */
  private taken(
    state: State,
    register: MaskedRegister,
    change: Partial<Pick<State['l0'], 'lazyFpu' | 'trapsPge'>>,
  ): State {
    const { controlRegisters } = this.parts;
    const value = controlRegisters.effective(state, register);
    const changed = withL0(this.handled(state, { exitReason: exitReasons.externalInterrupt }), change);
    return withL2(changed, { [register]: controlRegisters.composed(changed, register, value) });
  }

  private recomposed(state: State, register: MaskedRegister): State {
    const { controlRegisters } = this.parts;
    const value = controlRegisters.effective(state, register);
    return withL2(state, { [register]: controlRegisters.composed(state, register, value) });
  }
}
