import { interruptibility } from '../../../spec/vmx/guest-non-register-state.ts';
import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { interruptionInformation } from '../../../spec/vmx/interruption-information.ts';
import { Part } from '../part.ts';
import type { Attempt } from '../processor/delivery.ts';
import { noExit, type Exit, type Guest, type IdtVectoringState as State } from '../state.ts';
import { withGuest } from '../update.ts';
import { hasLength, informationWord, isDoubleFault, type VectoredEvent } from '../vectored-event.ts';

/** What a VM exit has to tell; what is absent is not valid, or 0. */
export interface ExitReport {
  readonly reason: number;
  readonly qualification?: number;
  /** The exception that exits. */
  readonly interruption?: VectoredEvent;
  /** Bit 12 of the interruption information. */
  readonly unblockedNmis?: boolean;
  /** The delivery that was cut short. */
  readonly vectoring?: Attempt | undefined;
  /** RF as it is saved; absent: as it is. */
  readonly resumeFlag?: boolean;
}

/** The interruptibility state as the processor saves it. */
export const interruptibilityOf = ({ shadow, nmiBlocked }: Guest): number =>
  (shadow === 'sti' ? interruptibility.blockingBySti : 0) |
  (shadow === 'movss' ? interruptibility.blockingByMovSs : 0) |
  (nmiBlocked ? interruptibility.blockingByNmi : 0);

/** VM exits: what the processor saves and reports. */
export class Exits extends Part {
  exit(state: State, report: ExitReport): State {
    const { resumeFlag = state.guest.resumeFlag } = report;
    const saved = withGuest(state, { resumeFlag });
    return { ...saved, exit: this.record(saved, report) };
  }

  /** "It is invalid when the exit is due to a triple fault."; nothing of the guest is defined. */
  tripleFault(state: State, attempt: Attempt | undefined): State {
    this.cite('vectoring-invalid-for-triple-fault');
    const vectoring = this.vectoringFields(this.vectoringOfTripleFault(attempt));
    const exit = { ...noExit, ...vectoring, count: state.exit.count + 1, reason: exitReasons.tripleFault };
    return { ...state, exit };
  }

  vectoringOfTripleFault(_attempt: Attempt | undefined): Attempt | undefined {
    return undefined;
  }

  private record(state: State, report: ExitReport): Exit {
    const { reason, qualification = 0, interruption } = report;
    const vectoring = this.vectoring(report);
    const length = this.length(vectoring?.event, interruption);
    return {
      ...noExit,
      count: state.exit.count + 1,
      reason,
      qualification,
      ...this.interruptionFields(interruption, report.unblockedNmis === true),
      ...this.vectoringFields(vectoring),
      length,
      ...this.savedState(state),
      isResumeFlagOpen: this.isResumeFlagOpen(report),
      injection: this.injection(state),
    };
  }

  /** What RF of #DF is, nobody says. */
  private isResumeFlagOpen({ interruption, vectoring }: ExitReport): boolean {
    return isDoubleFault(interruption) || (interruption === undefined && isDoubleFault(vectoring?.event));
  }

  /** "every exit that does not interrupt a delivery … what an earlier exit left in the field does not show" */
  vectoring({ vectoring, interruption }: ExitReport): Attempt | undefined {
    if (vectoring === undefined && interruption === undefined) this.cite('vectoring-invalid-outside-delivery');
    return vectoring;
  }

  interruptionFields(event: VectoredEvent | undefined, unblockedNmis: boolean): Partial<Exit> {
    if (event === undefined) return {};
    const bit12 = unblockedNmis ? interruptionInformation.nmiUnblockingDueToIret : 0;
    return { interruption: (informationWord(event) | bit12) >>> 0, error: event.error ?? 0 };
  }

  /** "names the event that was being delivered, with its type" */
  vectoringFields(attempt: Attempt | undefined): Partial<Exit> {
    if (attempt === undefined) return {};
    this.cite('vectoring-names-the-interrupted-event');
    return { vectoring: informationWord(attempt.event), vectoringError: this.vectoringError(attempt.event) };
  }

  /** "the IDT-vectoring error code is that one, EXT included" */
  vectoringError({ error }: VectoredEvent): number {
    if (error !== undefined) this.cite('vectoring-error-code');
    return error ?? 0;
  }

  length(vectoring: VectoredEvent | undefined, interruption: VectoredEvent | undefined): number {
    if (vectoring !== undefined && hasLength(vectoring)) return this.vectoringLength(vectoring);
    return interruption !== undefined && hasLength(interruption) ? (interruption.length ?? 0) : 0;
  }

  /** "that of the instruction, or for an injected event that of the VM entry" */
  vectoringLength({ length = 0 }: VectoredEvent): number {
    this.cite('vectoring-length');
    return length;
  }

  savedState({ guest, pending }: State): Partial<Exit> {
    return {
      rip: guest.rip,
      interruptibility: interruptibilityOf(guest),
      activity: Number(guest.halted),
      resumeFlag: guest.resumeFlag,
      pendingDebug: pending.debug,
    };
  }

  /** "After an exit the valid bit of the VM-entry interruption information is 0." */
  injection(_state: State): number {
    this.cite('entry-information-is-cleared-at-exit');
    return 0;
  }
}
