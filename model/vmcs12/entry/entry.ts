import type { Skip } from '../../../spec/contract.ts';
import { interruptibility } from '../../../spec/vmx/guest-non-register-state.ts';
import { eventTypes, interruptionInformation } from '../../../spec/vmx/interruption-information.ts';
import { instructionErrors } from '../../../spec/vmcs12/universe.ts';
import { any, efer } from '../bits.ts';
import { Part } from '../part.ts';
import { skips } from '../skips.ts';
import type { EventInFlight, Vmcs12State as State } from '../state.ts';
import { controls, fieldOf, isPaePaging, isUnusable, vmcsOf, withFields, withOutcome } from '../update.ts';
import { isDefined, read, type Vmcs } from '../vmcs.ts';

/** How L1 enters: by the instruction that fits the launch state, by the other one, or by the right one after MOV to SS. */
export type EntryBy = 'right' | 'wrong' | 'movSs';

/** VMLAUNCH and VMRESUME, in the order of the manual. */
export class Entry extends Part {
  enter(state: State, by: EntryBy): State | readonly State[] | Skip {
    if (state.platform.current < 0) return this.parts.vmxInstructions.failInvalid(state);
    if (by === 'movSs') return this.failInMovSsShadow(state);
    if (by === 'wrong') return this.failOfLaunchState(state);
    const open = this.leftOpen(state);
    if (open !== undefined) return open;
    const errors = this.earlyErrors(state);
    if (errors.length > 0) return errors.map((error) => this.failEarly(state, error));
    const qualifications = this.parts.guestStateChecks.failures(state);
    if (qualifications.length > 0) return this.parts.lateFailure.invalidGuestState(state, qualifications);
    return this.begin(state);
  }

  /** "VMLAUNCH or VMRESUME in the shadow of MOV SS fails with error 26." */
  failInMovSsShadow(state: State): State {
    this.cite('entry-after-mov-ss-fails');
    return this.failEarly(state, instructionErrors.entryInMovSsShadow);
  }

  /** "VMLAUNCH wants a clear VMCS (else error 4), VMRESUME a launched one (else error 5)." */
  failOfLaunchState(state: State): State {
    this.cite('launch-state-decides-the-instruction');
    return this.failEarly(state, this.errorOfLaunchState(this.isLaunched(state)));
  }

  errorOfLaunchState(launched: boolean): number {
    return launched ? instructionErrors.launchOfLaunched : instructionErrors.resumeOfClear;
  }

  isLaunched({ platform }: State): boolean {
    return ((platform.launched >>> platform.current) & 1) !== 0;
  }

  /** "VMfailValid writes the VM-instruction error and nothing else" */
  failEarly(state: State, error: number): State {
    this.cite('early-failure-changes-the-error-alone');
    return withOutcome(withFields(state, { instructionError: error }), 'failValid');
  }

  /** Errors with which the entry may fail early: "Where controls and host state are both invalid, the error is 7 or 8." */
  earlyErrors(state: State): readonly number[] {
    const { controlChecks, hostStateChecks } = this.parts;
    const errors: number[] = [];
    if (controlChecks.fail(state)) errors.push(instructionErrors.invalidControls);
    if (hostStateChecks.fail(state)) errors.push(instructionErrors.invalidHostState);
    if (errors.length > 1) this.cite('either-early-check-may-come-first');
    return errors;
  }

  /** L1 does not ask what the manual leaves open. */
  leftOpen(state: State): Skip | undefined {
    const vmcs = vmcsOf(state);
    const pending = read(vmcs, 'pendingDebug') !== 0;
    const injected = this.injectedType(vmcs);
    if (this.loadsUndefined(state)) return skips.undefinedField;
    if (pending && (injected !== undefined || read(vmcs, 'activity') >= 2)) return skips.pendingDebug;
    const asksForNmi = injected === eventTypes.nmi || controls(state, 'nmiWindowExiting');
    if (asksForNmi && any(read(vmcs, 'interruptibility'), interruptibility.blockingBySti)) return skips.stiShadow;
    if (!controls(state, 'ia32eModeGuest') && isUnusable({ accessRights: read(vmcs, 'ssAccessRights') })) {
      return skips.unusableStack;
    }
    return undefined;
  }

  private loadsUndefined(state: State): boolean {
    const vmcs = vmcsOf(state);
    const reads = (rights: 'ssAccessRights' | 'dsAccessRights' | 'fsAccessRights' | 'ldtrAccessRights'): boolean =>
      !isUnusable({ accessRights: read(vmcs, rights) });
    if (reads('ssAccessRights') && !(isDefined(vmcs, 'ssBase') && isDefined(vmcs, 'ssLimit'))) return true;
    if (reads('dsAccessRights') && !(isDefined(vmcs, 'dsBase') && isDefined(vmcs, 'dsLimit'))) return true;
    if (reads('fsAccessRights') && !isDefined(vmcs, 'fsLimit')) return true;
    if (reads('ldtrAccessRights') && !(isDefined(vmcs, 'ldtrBase') && isDefined(vmcs, 'ldtrLimit'))) return true;
    const lma = controls(state, 'ia32eModeGuest') ? efer.lma : 0;
    if (!controls(state, 'ept') || !isPaePaging(read(vmcs, 'cr0'), lma)) return false;
    return !isDefined(vmcs, 'pdpte0') || !isDefined(vmcs, 'pdpte1');
  }

  /** Type of the event to inject; `undefined` if there is none. */
  injectedType(vmcs: Vmcs): number | undefined {
    const information = read(vmcs, 'entryInterruption');
    if (!any(information, interruptionInformation.valid)) return undefined;
    return (information & interruptionInformation.typeMask) >>> interruptionInformation.typeShift;
  }

  /** The checks have passed. */
  begin(state: State): State {
    const { composition, guestStateLoading, lateFailure, msrLists } = this.parts;
    const composed = composition.compose(this.vmcs12OfEntry(state));
    const loaded = guestStateLoading.load(composed);
    if (msrLists.cannotLoadAtEntry(loaded)) return lateFailure.msrLoading(state, loaded);
    const { platform } = loaded;
    const running = msrLists.loadAtEntry({ ...loaded, platform: { ...platform, level: 2 } });
    return this.inject(withOutcome(this.launched(running), 'entered'));
  }

  /** The VMCS as L1 has left it is what the entry finds, however late fields of the last exit were moved into it. */
  vmcs12OfEntry(state: State): State {
    this.cite('lazy-state-is-invisible');
    return state;
  }

  /** "A successful entry makes the VMCS launched; a failed one leaves the launch state." */
  launched(state: State): State {
    this.cite('entry-makes-launched');
    const { platform } = state;
    return { ...state, platform: { ...platform, launched: platform.launched | (1 << platform.current) } };
  }

  /** "An event with the valid bit is delivered before its first instruction, whatever the exception bitmap says" */
  inject(state: State): State {
    const { boundary, delivery } = this.parts;
    const type = this.injectedType(vmcsOf(state));
    if (type === undefined) return boundary.reach(state, false);
    if (type === eventTypes.other) return boundary.reach(state, true);
    this.cite('injected-event-is-delivered-once');
    return delivery.deliver(state, this.injectedEvent(state, type));
  }

  injectedEvent(state: State, type: number): EventInFlight {
    const information = fieldOf(state, 'entryInterruption');
    const withErrorCode = any(information, interruptionInformation.errorCode);
    if (fieldOf(state, 'entryLength') === 0 && type >= eventTypes.softwareInterrupt) this.cite('zero-length-injection');
    return {
      information,
      ...(withErrorCode && { errorCode: fieldOf(state, 'entryErrorCode') }),
      length: fieldOf(state, 'entryLength'),
      like: this.likenessOf(type),
      isInjected: true,
    };
  }

  private likenessOf(type: number): EventInFlight['like'] {
    if (type === eventTypes.hardwareException) return 'fault';
    return type >= eventTypes.softwareInterrupt ? 'software' : 'interrupt';
  }
}
