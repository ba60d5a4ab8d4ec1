import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { activityStates } from '../../../spec/vmx/guest-non-register-state.ts';
import { eventTypes, interruptionInformation } from '../../../spec/vmx/interruption-information.ts';
import { isSoftware, isValid, nonMaskableInterrupt, typeOf } from '../events.ts';
import { Part, type NestedVmxClause } from '../part.ts';
import type { Core, EventFields } from '../state.ts';
import type { Exit } from '../shown.ts';
import { positionOf } from './event-delivery.ts';
import type { VmExit } from './vm-exit.ts';

/** The clause that states an exit reason. */
const statedBy: Readonly<Record<number, readonly NestedVmxClause[]>> = {
  [exitReasons.init]: ['init-exits'],
  [exitReasons.sipi]: ['sipi-exits-in-wait-for-sipi'],
  [exitReasons.interruptWindow]: ['interrupt-window-opens', 'window-of-l1-is-reported-only-if-asked'],
  [exitReasons.nmiWindow]: ['nmi-window-opens', 'window-of-l1-is-reported-only-if-asked'],
  [exitReasons.hlt]: ['vmcall-exits'],
  [exitReasons.vmcall]: ['vmcall-exits'],
  [exitReasons.wrmsr]: ['intercepted-apic-access-exits'],
  [exitReasons.preemptionTimer]: ['timer-exits-with-reason-52'],
};

/** What L1 finds after an exit, and what it is then. */
export class ExitToL1 extends Part {
  /** The exit as L1 reads it; `core` is L2 as it is saved. */
  report(exit: VmExit, core: Core, entry: EventFields): Exit {
    this.note(exit, core);
    return {
      kind: 1,
      ...exit,
      position: positionOf(core),
      interrupts: core.interruptFlag,
      interruptibility: core.blocking | (Number(core.nmiBlocking) << 3),
      activity: this.savedActivity(core),
      entryInformation: this.entryAfterExit(entry).information,
      ambiguous: false,
    };
  }

  /** "saves activity state HLT, and the position behind HLT" */
  savedActivity({ activity }: Core): number {
    if (activity === activityStates.hlt) this.cite('exit-from-hlt-saves-hlt');
    // "NMI, INIT, timer and NMI window do."
    if (activity === activityStates.shutdown) this.cite('shutdown-blocks-interrupts');
    return activity;
  }

  /** "clears bit 31 of the VM-entry interruption-information field, and no other bit of it" */
  entryAfterExit(entry: EventFields): EventFields {
    if (!isValid(entry.information)) return entry;
    this.cite('injected-once');
    this.cite('exit-clears-the-valid-bit');
    return { ...entry, information: (entry.information & ~interruptionInformation.valid) >>> 0 };
  }

  /** "L1 is active with IF 0 and without blocking by STI and MOV SS" */
  hostState(nmiBlocking: boolean): Core {
    this.cite('l1-starts-with-interrupts-off');
    return {
      interruptFlag: false,
      blocking: 0,
      nmiBlocking,
      activity: activityStates.active,
      frames: 1,
      steps: 0,
      handler: 0,
    };
  }

  /** Whether NMIs are blocked in L1 after the exit, where `blocked` tells of L2. */
  nmiBlockingAfter(exit: VmExit, blocked: boolean): boolean {
    return this.isDirectNmi(exit) ? this.afterNmiExit() : this.afterOtherExit(blocked);
  }

  private isDirectNmi({ reason, information }: VmExit): boolean {
    return reason === exitReasons.exceptionOrNmi && information === nonMaskableInterrupt;
  }

  /** "NMIs are blocked in L1 until it executes IRET" */
  afterNmiExit(): boolean {
    this.cite('nmi-exit-blocks-nmis-in-l1');
    return true;
  }

  /** "NMIs that L2 had blocked are blocked in L1" */
  afterOtherExit(blocked: boolean): boolean {
    this.cite('other-exits-keep-nmi-blocking');
    return blocked;
  }

  private note(exit: VmExit, core: Core): void {
    const { reason, information, vectoring } = exit;
    for (const clause of statedBy[reason] ?? []) this.cite(clause);
    if (reason === exitReasons.eptViolation) this.noteViolation(vectoring);
    else this.cite('interrupted-exit-is-never-vectoring');
    if (reason === exitReasons.exceptionOrNmi) {
      if (this.isDirectNmi(exit)) {
        this.cite('nmi-exits');
        this.cite('nmi-exit-saves-blocking-as-before');
      } else this.cite('intercepted-exception-exits');
    }
    if (core.handler !== 0 && (reason === exitReasons.externalInterrupt || information === nonMaskableInterrupt)) {
      this.cite('injected-event-goes-before-exits');
    }
  }

  private noteViolation(vectoring: number): void {
    if (!isValid(vectoring)) {
      this.cite('violation-of-an-instruction-is-not-vectoring');
      return;
    }
    this.cite('violation-in-delivery-exits-with-the-event');
    this.cite('interrupted-delivery-has-ended-blocking');
    const type = typeOf(vectoring);
    if (type === eventTypes.externalInterrupt) this.cite('interrupted-interrupt-stays-in-service');
    if (type === eventTypes.nmi) this.cite('interrupted-nmi-has-blocked');
    if (isSoftware(vectoring)) this.cite('interrupted-software-event-has-a-length');
  }
}
