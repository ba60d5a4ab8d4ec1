import { match } from 'ts-pattern';
import { faults } from '../../../spec/idt-vectoring/universe.ts';
import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { eventTypes } from '../../../spec/vmx/interruption-information.ts';
import type { HypervisorObstacle } from '../environment.ts';
import { Part } from '../part.ts';
import type { Attempt } from '../processor/delivery.ts';
import type { IdtVectoringState as State } from '../state.ts';
import { hardwareException, isException } from '../vectored-event.ts';
import type { ExitReport } from './exits.ts';

/** Bits 31:30 of the exit qualification of a task switch: a task gate in the IDT. Bits 15:0: the selector. */
const taskGateInIdt = 0xc000_0040;

/** A linear access during event delivery. */
const accessDuringDelivery = 3 << 12;

/** VM exits that cut a delivery short. */
export class DeliveryExits extends Part {
  /** RF is saved as it would have been pushed. */
  exit(state: State, attempt: Attempt, report: ExitReport): State {
    const vectoring = this.vectoring(attempt);
    const resumeFlag = this.resumeFlag(state, attempt, report);
    const saved = this.ripAndFlags(this.stateAtExit(this.sideEffects(state, attempt)), attempt);
    return this.parts.exits.exit(saved, { ...report, vectoring, resumeFlag });
  }

  /** "RIP, IF and TF are saved as they were before delivery began." */
  ripAndFlags(state: State, _attempt: Attempt): State {
    this.cite('indirect-exit-keeps-rip-and-flags');
    return state;
  }

  /** "CR2, DR6 and GD are written, NMIs are blocked by an NMI, an external interrupt is in ISR, the area of #VE is busy" */
  sideEffects(state: State, { event, injected }: Attempt): State {
    const { type } = event;
    const writes = isException(event, 14) || isException(event, 1) || isException(event, 20);
    const isTaken = type === eventTypes.nmi || type === eventTypes.externalInterrupt;
    if (!injected && (writes || isTaken)) this.cite('indirect-exit-finds-side-effects-done');
    return state;
  }

  /** "blocking by STI and by MOV SS is gone, the activity state is active" */
  stateAtExit(state: State): State {
    this.cite('indirect-exit-ends-shadows-and-hlt');
    return state;
  }

  /** "It is valid for exits by …"; "also when the event being delivered was injected" */
  vectoring(attempt: Attempt): Attempt | undefined {
    this.cite('vectoring-valid-for-exits-of-delivery');
    return attempt.injected ? this.vectoringOfInjected(attempt) : attempt;
  }

  vectoringOfInjected(attempt: Attempt): Attempt | undefined {
    this.cite('vectoring-valid-for-injected-events');
    return attempt;
  }

  /** "RF is saved as delivery would have pushed it"; a nested exception that exits is a fault. */
  resumeFlag(_state: State, attempt: Attempt, { resumeFlag }: ExitReport): boolean {
    this.cite('exit-saves-rf-of-the-image');
    return resumeFlag ?? attempt.resumeFlag;
  }

  // What cuts it short.

  obstructed(state: State, attempt: Attempt, obstacle: HypervisorObstacle): State {
    const report = match(obstacle)
      .with('page', () => this.missingPage(state))
      .with('client', () => this.eptViolation())
      .with('pml', () => ({ reason: exitReasons.pageModificationLogFull }))
      .with('apicAccess', () => this.apicAccess())
      .with('misconfiguration', () => ({ reason: exitReasons.eptMisconfiguration }))
      .exhaustive();
    return this.exit(state, attempt, report);
  }

  missingPage({ machine }: State): ExitReport {
    return machine.isShadow ? this.shadowPageFault() : this.eptViolation();
  }

  eptViolation(): ExitReport {
    return { reason: exitReasons.eptViolation };
  }

  /** A page fault of the hypervisor's own making. */
  shadowPageFault(): ExitReport {
    const { error, address } = faults.shadow;
    return {
      reason: exitReasons.exceptionOrNmi,
      qualification: address,
      interruption: hardwareException(14, error, address),
    };
  }

  /** "exits with reason 44 and access type 3" */
  apicAccess(): ExitReport {
    this.cite('apic-access-during-delivery');
    return { reason: exitReasons.apicAccess, qualification: accessDuringDelivery };
  }

  /** "exits with reason 9, source IDT in the qualification" */
  taskSwitch(state: State, attempt: Attempt): State {
    this.cite('task-gate-exits');
    return this.exit(state, attempt, { reason: exitReasons.taskSwitch, qualification: taskGateInIdt });
  }
}
