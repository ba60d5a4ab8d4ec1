import { match, P } from 'ts-pattern';
import { eventTypes } from '../../../spec/vmx/interruption-information.ts';
import { Part } from '../part.ts';
import type { IdtVectoringState as State } from '../state.ts';
import { doubleFault, hasLength, isHardwareException, type VectoredEvent } from '../vectored-event.ts';

/** Classes of the table of #DF; #DF itself is a row of its own. */
export type EventClass = 'benign' | 'contributory' | 'pageFault' | 'doubleFault';

/** What becomes of two exceptions: the second one, #DF, or a shutdown. */
export type Combined = VectoredEvent | 'tripleFault';

/** The table of #DF: `first` is being delivered, and `second` is raised. */
export class Escalation extends Part {
  combine(state: State, first: VectoredEvent, second: VectoredEvent): Combined {
    if (isHardwareException(first) && first.vector === 20) this.cite('ve-is-of-the-page-fault-class');
    return match([this.classOf(first), this.classOf(second)] as const)
      .with(['benign', P._], () => this.benignThenAny(first, second))
      .with([P.union('contributory', 'pageFault'), P.union('benign', 'doubleFault')], () => this.anyThenBenign(second))
      .with(['contributory', 'contributory'], () => this.contributoryThenContributory(second))
      .with(['contributory', 'pageFault'], () => this.contributoryThenPageFault(second))
      .with(['pageFault', 'contributory'], () => this.pageFaultThenContributory(second))
      .with(['pageFault', 'pageFault'], () => this.pageFaultThenPageFault(second))
      .with(['doubleFault', P.union('benign', 'doubleFault')], () => this.doubleFaultThenBenign(state, second))
      .with(['doubleFault', P.union('contributory', 'pageFault')], () => this.doubleFaultThenAny(second))
      .exhaustive();
  }

  /** The class of an event follows from its type first: interrupts, NMIs and soft events are benign, whatever the vector. */
  classOf(event: VectoredEvent): EventClass {
    return isHardwareException(event) ? this.classOfVector(event.vector) : this.classOfOthers(event);
  }

  classOfVector(vector: number): EventClass {
    return match<number, EventClass>(vector)
      .with(0, 10, 11, 12, 13, () => 'contributory')
      .with(14, () => 'pageFault')
      .with(20, () => this.classOfVirtualizationException())
      .with(8, () => 'doubleFault')
      .otherwise(() => 'benign');
  }

  /** "A contributory exception or page fault during delivery of #VE becomes #DF." */
  classOfVirtualizationException(): EventClass {
    return 'pageFault';
  }

  /** "INT n to the vector of an exception … is benign." */
  classOfOthers(event: VectoredEvent): EventClass {
    if (event.type === eventTypes.softwareInterrupt) this.cite('intn-is-no-exception');
    return 'benign';
  }

  benignThenAny(first: VectoredEvent, second: VectoredEvent): Combined {
    const isConsumed = !hasLength(first) && (!isHardwareException(first) || first.vector === 18);
    if (isConsumed) return this.consumes(first, second);
    this.cite('benign-then-any-is-serial');
    return second;
  }

  /** "is lost: the fault is delivered" */
  consumes(_first: VectoredEvent, second: VectoredEvent): Combined {
    this.cite('interrupt-is-consumed-by-a-fault-of-its-delivery');
    return second;
  }

  anyThenBenign(second: VectoredEvent): Combined {
    this.cite('any-then-benign-is-serial');
    return second;
  }

  contributoryThenContributory(_second: VectoredEvent): Combined {
    this.cite('contributory-then-contributory-is-double-fault');
    return this.doubleFault();
  }

  contributoryThenPageFault(second: VectoredEvent): Combined {
    this.cite('contributory-then-page-fault-is-serial');
    return second;
  }

  pageFaultThenContributory(_second: VectoredEvent): Combined {
    this.cite('page-fault-then-contributory-is-double-fault');
    return this.doubleFault();
  }

  pageFaultThenPageFault(_second: VectoredEvent): Combined {
    this.cite('page-fault-then-page-fault-is-double-fault');
    return this.doubleFault();
  }

  /** "A benign exception during delivery of #DF is a triple fault, or is delivered in its place." */
  doubleFaultThenBenign(state: State, second: VectoredEvent): Combined {
    this.cite('double-fault-then-benign');
    return state.machine.config.dfThenBenign === 'shutdown' ? 'tripleFault' : second;
  }

  doubleFaultThenAny(_second: VectoredEvent): Combined {
    this.cite('triple-fault');
    return 'tripleFault';
  }

  /** "#DF pushes the error code 0." */
  doubleFault(): VectoredEvent {
    this.cite('double-fault-has-error-code-0');
    return doubleFault;
  }
}
