import { instructionErrors } from '../../../spec/nested-vmx/universe.ts';
import { entryFailure, exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { activityStates, interruptibility } from '../../../spec/vmx/guest-non-register-state.ts';
import { eventTypes } from '../../../spec/vmx/interruption-information.ts';
import { isValid, typeOf, vectorOf } from '../events.ts';
import { control, type Machine } from '../machine.ts';
import { Part } from '../part.ts';
import { noExit, type Exit } from '../shown.ts';
import type { Core, EventFields } from '../state.ts';

/** What a VM entry checks of. */
export interface Checked {
  readonly core: Core;
  readonly controls: number;
  readonly entry: EventFields;
}

const { blockingBySti, blockingByMovSs } = interruptibility;
const { active, hlt, shutdown } = activityStates;
/** No type of event: VM entry refuses it. */
const reservedType = 1;

/** The checks of VMLAUNCH and VMRESUME. */
export class EntryChecks extends Part {
  /** The VM-instruction error, 0 if there is none; `blocking` is L1's. */
  instructionError(blocking: number, checked: Checked): number {
    if (this.isBlockedByMovSs(blocking)) return instructionErrors.blockedByMovSs;
    if (!this.controlsFit(checked)) {
      this.cite('controls-that-do-not-fit');
      this.cite('vmfail-changes-nothing');
      return instructionErrors.invalidControlFields;
    }
    this.cite('controls-fit-freely-otherwise');
    return 0;
  }

  /** "a VMfailValid with error 26, before anything else is checked" */
  isBlockedByMovSs(blocking: number): boolean {
    const blocked = (blocking & blockingByMovSs) !== 0;
    if (blocked) {
      this.cite('mov-ss-in-l1-fails-the-entry');
      this.cite('vmfail-changes-nothing');
    }
    return blocked;
  }

  controlsFit({ controls, entry }: Checked): boolean {
    const has = (...names: readonly (keyof typeof control)[]): boolean =>
      names.every((name) => (controls & control[name]) !== 0);
    if (has('nmiWindow') && !has('virtualNmis')) return false;
    if (has('virtualNmis') && !has('nmiExiting')) return false;
    if (has('virtualInterruptDelivery') && !has('externalInterruptExiting')) return false;
    if (has('postedInterrupts') && !has('virtualInterruptDelivery', 'acknowledgeInterrupt')) return false;
    return !isValid(entry.information) || typeOf(entry.information) !== reservedType;
  }

  /** The failed entry that L1 sees where the guest state is not valid. */
  failure(checked: Checked, machine: Machine): Exit | undefined {
    const bySti = machine.config.stiFailsNmiInjection && this.injectsNmiInStiShadow(checked);
    const valid = this.guestStateIsValid(checked);
    if (valid && !bySti) return undefined;
    this.cite('invalid-guest-state-fails-late');
    this.cite('failed-entry-keeps-the-vmcs');
    return {
      ...noExit,
      kind: 2,
      reason: (entryFailure | exitReasons.invalidGuestState) >>> 0,
      qualification: bySti && valid ? 3 : 0,
      ambiguous: bySti && !valid,
    };
  }

  /** "An injected NMI with blocking by STI makes the entry fail with qualification 3, or does not." */
  injectsNmiInStiShadow({ core, entry }: Checked): boolean {
    const fails =
      isValid(entry.information) &&
      typeOf(entry.information) === eventTypes.nmi &&
      (core.blocking & blockingBySti) !== 0;
    if (fails) this.cite('sti-may-fail-an-nmi-injection');
    return fails;
  }

  guestStateIsValid(checked: Checked): boolean {
    if (!this.blockingFits(checked.core)) return false;
    if (!isValid(checked.entry.information)) return true;
    return this.injectionFits(checked) && this.injectionFitsActivity(checked.core, checked.entry.information);
  }

  /** "both …, blocking by STI with IF 0, and either of them with an activity state other than active are not valid" */
  blockingFits({ blocking, interruptFlag, activity }: Core): boolean {
    if (blocking === 0) return true;
    this.cite('blocking-must-fit-the-guest');
    if (blocking === (blockingBySti | blockingByMovSs)) return false;
    if (blocking & blockingBySti && !interruptFlag) return false;
    return activity === active;
  }

  /** "An injected external interrupt needs IF 1 and no blocking; an injected NMI no blocking by MOV SS …" */
  injectionFits({ core, controls, entry }: Checked): boolean {
    const type = typeOf(entry.information);
    if (type === eventTypes.externalInterrupt) {
      this.cite('injection-must-fit-the-guest');
      return core.interruptFlag && core.blocking === 0;
    }
    if (type === eventTypes.nmi) {
      this.cite('injection-must-fit-the-guest');
      if (core.blocking & blockingByMovSs) return false;
      return (controls & control.virtualNmis) === 0 || !core.nmiBlocking;
    }
    return true;
  }

  /** "Into HLT only an external interrupt, an NMI, #DB and a pending MTF exit …, into shutdown only an NMI, …" */
  injectionFitsActivity({ activity }: Core, information: number): boolean {
    if (activity === active) return true;
    this.cite('injection-must-fit-the-activity');
    const type = typeOf(information);
    if (activity === shutdown) return type === eventTypes.nmi;
    if (activity !== hlt) return false;
    const isDebug = type === eventTypes.hardwareException && vectorOf(information) === 1;
    return isDebug || [eventTypes.externalInterrupt, eventTypes.nmi, eventTypes.other].some((fits) => fits === type);
  }
}
