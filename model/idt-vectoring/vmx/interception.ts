import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { eventTypes } from '../../../spec/vmx/interruption-information.ts';
import { Part } from '../part.ts';
import type { Attempt } from '../processor/delivery.ts';
import type { IdtVectoringState as State } from '../state.ts';
import { doubleFault, type VectoredEvent } from '../vectored-event.ts';

/** Exceptions that exit: the exception bitmap. */
export class Interception extends Part {
  /** An exception that arises at an instruction or at a boundary. */
  direct(state: State, event: VectoredEvent, unblockedNmis: boolean): State | undefined {
    return this.isIntercepted(state, event) ? this.directExit(state, event, unblockedNmis) : undefined;
  }

  /** The exception bitmap is for exceptions: software interrupts do not come here. */
  isIntercepted({ machine }: State, { type, vector }: VectoredEvent): boolean {
    return type !== eventTypes.softwareInterrupt && ((machine.exceptionBitmap >>> vector) & 1) === 1;
  }

  /** "exits with reason 0, with its type, vector, error code and, for types 5 and 6, length" */
  directExit(state: State, event: VectoredEvent, unblockedNmis: boolean): State {
    this.cite('direct-exit-names-the-exception');
    const exited = this.parts.exits.exit(this.writes(state, event), {
      reason: exitReasons.exceptionOrNmi,
      qualification: this.qualification(event),
      interruption: event,
      unblockedNmis: unblockedNmis && this.reportsUnblocking(),
      vectoring: this.vectoringOfDirectExit(event),
      resumeFlag: this.parts.resumeFlag.ofTheImage(state, event),
    });
    return this.parts.reflection.reflect(exited, event, unblockedNmis);
  }

  /** "the qualification has the address of #PF or the bits of #DB" */
  qualification(event: VectoredEvent): number {
    return this.parts.payloads.of(event)?.value ?? 0;
  }

  /** "bit 12 of the interruption information … tells whether they had been blocked" */
  reportsUnblocking(): boolean {
    this.cite('iret-exit-reports-nmi-unblocking');
    return true;
  }

  /** "changes neither CR2 nor DR6 nor DR7.GD, and leaves the shadows and HLT as they are" */
  writes(state: State, _event: VectoredEvent): State {
    this.cite('direct-exit-writes-nothing');
    return state;
  }

  /** "It is invalid when the event itself exits." */
  vectoringOfDirectExit(_event: VectoredEvent): Attempt | undefined {
    this.cite('vectoring-invalid-for-direct-exits');
    return undefined;
  }

  /** "The exception bitmap is asked about the exception that was raised, before anything is made of it" */
  nested(state: State, attempt: Attempt, raised: VectoredEvent): State | undefined {
    this.cite('interception-asks-the-raised-exception-first');
    if (!this.isIntercepted(state, raised)) return undefined;
    const exited = this.parts.deliveryExits.exit(state, attempt, {
      reason: exitReasons.exceptionOrNmi,
      qualification: this.qualification(raised),
      interruption: raised,
      resumeFlag: true,
    });
    return this.parts.merging.merge(exited, attempt.event, raised);
  }

  /** "bit 8 decides whether that exits" */
  doubleFault(state: State, attempt: Attempt): State | undefined {
    this.cite('double-fault-exits-by-its-own-bit');
    if (!this.isIntercepted(state, doubleFault)) return undefined;
    const exited = this.parts.exits.exit(state, {
      reason: exitReasons.exceptionOrNmi,
      interruption: doubleFault,
      vectoring: this.vectoringOfDoubleFault(attempt),
      resumeFlag: false,
    });
    return this.parts.reflection.reflect(exited, doubleFault, false);
  }

  /** "It is invalid when the exit is due to the #DF that the event led to." */
  vectoringOfDoubleFault(_attempt: Attempt): Attempt | undefined {
    this.cite('vectoring-invalid-for-double-fault');
    return undefined;
  }

  /** An EPT violation in place of #VE: RF is saved as 1, and the access is repaired. */
  busyVirtualizationException(state: State): State {
    const exited = this.parts.exits.exit(state, { reason: exitReasons.eptViolation, resumeFlag: true });
    return this.parts.entries.enter(exited);
  }
}
