import {
  activityStates,
  interruptibility,
  pendingDebugExceptions,
} from '../../../spec/vmx/guest-non-register-state.ts';
import { eventTypes } from '../../../spec/vmx/interruption-information.ts';
import { any, cr0, cr4, debugctl, efer, rflags } from '../bits.ts';
import { Part } from '../part.ts';
import type { Vmcs12State as State } from '../state.ts';
import { vmcsOf } from '../update.ts';
import { has, read, type Vmcs } from '../vmcs.ts';

const shadows = interruptibility.blockingBySti | interruptibility.blockingByMovSs;

/** Reserved bits of a PDPTE that is present: 2:1 and 8:5, as far as the model's values go. */
const reservedInPdpte = 0x1e6;

/** Checks on the guest-state area. Each says whether its kind of state is invalid. */
export class GuestStateChecks extends Part {
  /** Qualifications of the checks that fail: "Where several fail, the qualification is that of any of them." */
  failures(state: State): readonly number[] {
    const vmcs = vmcsOf(state);
    const plain =
      this.controlRegisters(vmcs) ||
      this.efer(vmcs) ||
      this.rflags(vmcs) ||
      this.interruptibility(vmcs) ||
      this.activity(vmcs) ||
      this.pendingDebug(vmcs);
    const failures = [...(plain ? [0] : []), ...(this.linkPointer(vmcs) ? [4] : []), ...(this.pdptes(vmcs) ? [2] : [])];
    if (failures.length > 1) this.cite('any-failing-check-may-give-the-qualification');
    return failures;
  }

  /** "CR4.VMXE is fixed to 1"; "without unrestricted guest CR0.PG is fixed to 1"; IA-32e mode needs paging. */
  controlRegisters(vmcs: Vmcs): boolean {
    if (!any(read(vmcs, 'cr4'), cr4.vmxe)) return true;
    return !any(read(vmcs, 'cr0'), cr0.pg) && (!has(vmcs, 'ept') || has(vmcs, 'ia32eModeGuest'));
  }

  efer(vmcs: Vmcs): boolean {
    if (!has(vmcs, 'loadEfer')) return false;
    const value = read(vmcs, 'efer');
    const lma = any(value, efer.lma);
    if (lma !== has(vmcs, 'ia32eModeGuest')) return true;
    return any(read(vmcs, 'cr0'), cr0.pg) && any(value, efer.lme) !== lma;
  }

  /** Bit 1 is always 1; an external interrupt is injected with IF = 1 only. */
  rflags(vmcs: Vmcs): boolean {
    const flags = read(vmcs, 'rflags');
    if (!any(flags, rflags.fixed)) return true;
    return this.parts.entry.injectedType(vmcs) === eventTypes.externalInterrupt && !any(flags, rflags.if);
  }

  interruptibility(vmcs: Vmcs): boolean {
    const blocking = read(vmcs, 'interruptibility');
    if (any(blocking, interruptibility.blockingBySti) && !any(read(vmcs, 'rflags'), rflags.if)) return true;
    const type = this.parts.entry.injectedType(vmcs);
    if (type === eventTypes.externalInterrupt) return any(blocking, shadows);
    if (type !== eventTypes.nmi) return false;
    if (any(blocking, interruptibility.blockingByMovSs)) return true;
    return has(vmcs, 'virtualNmis') && any(blocking, interruptibility.blockingByNmi);
  }

  activity(vmcs: Vmcs): boolean {
    const activity = read(vmcs, 'activity');
    if (activity === activityStates.active) return false;
    if (any(read(vmcs, 'interruptibility'), shadows)) return true;
    const type = this.parts.entry.injectedType(vmcs);
    if (type === undefined || (type === eventTypes.nmi && activity !== activityStates.waitForSipi)) return false;
    if (activity !== activityStates.hlt) return true;
    return type !== eventTypes.externalInterrupt && type !== eventTypes.other;
  }

  /** In a shadow or in HLT, BS is pending exactly if the last instruction was stepped. */
  pendingDebug(vmcs: Vmcs): boolean {
    const looks = any(read(vmcs, 'interruptibility'), shadows) || read(vmcs, 'activity') === activityStates.hlt;
    if (!looks) return false;
    const steps = any(read(vmcs, 'rflags'), rflags.tf) && !any(read(vmcs, 'debugctl'), debugctl.btf);
    return any(read(vmcs, 'pendingDebug'), pendingDebugExceptions.singleStep) !== steps;
  }

  linkPointer(vmcs: Vmcs): boolean {
    return read(vmcs, 'linkPointer') !== 0xffff_ffff;
  }

  pdptes(vmcs: Vmcs): boolean {
    if (!has(vmcs, 'ept') || !any(read(vmcs, 'cr0'), cr0.pg) || has(vmcs, 'ia32eModeGuest')) return false;
    const isInvalid = (pdpte: number): boolean => any(pdpte, 1) && any(pdpte, reservedInPdpte);
    return isInvalid(read(vmcs, 'pdpte0')) || isInvalid(read(vmcs, 'pdpte1'));
  }
}
