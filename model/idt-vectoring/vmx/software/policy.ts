import { match } from 'ts-pattern';
import { eventTypes } from '../../../../spec/vmx/interruption-information.ts';
import { Part } from '../../part.ts';
import type { Attempt } from '../../processor/delivery.ts';
import type { IdtVectoringState as State, Payload } from '../../state.ts';
import { withInflight } from '../../update.ts';
import { isHardwareException, type VectoredEvent } from '../../vectored-event.ts';

/** What the hypervisor does with an event that it finds in the IDT-vectoring field, where nothing of the guest's is wrong. */
export class Policy extends Part {
  /** What the exit was due to is repaired; the event that was being delivered goes on, or not. */
  afterObstacle(state: State, { event, injected }: Attempt): State {
    const repaired = state.exit.interruption === 0 ? state : this.repairShadow(state);
    if (this.drops(repaired, event)) return this.drop(repaired);
    return injected ? this.injectRepeatedly(repaired, event) : this.injectAgain(repaired, event);
  }

  /** "A delivery that is cut short several times is injected again each time" */
  injectRepeatedly(state: State, event: VectoredEvent): State {
    this.cite('repeated-obstacles-repeat-injection');
    return this.injectAgain(state, event);
  }

  /** "is not given to the guest: the event being delivered is injected again, CR2 stays" */
  repairShadow(state: State): State {
    this.cite('fault-of-the-hypervisor-is-repaired');
    return state;
  }

  /** Whether the event is forgotten, in the hope that the processor raises it again. */
  drops({ machine }: State, event: VectoredEvent): boolean {
    const { profile } = machine.config;
    return profile === 'drop' || (profile === 'drop-exceptions' && this.isDroppedException(event));
  }

  /** "type 3 alone is dropped" */
  isDroppedException(event: VectoredEvent): boolean {
    this.cite('only-exceptions-are-dropped');
    return isHardwareException(event);
  }

  /** "leaves RIP at its instruction, its side effects done and the shadows gone" */
  drop(state: State): State {
    this.cite('dropped-event-leaves-the-guest-where-it-was');
    return withInflight(state, undefined);
  }

  injectAgain(state: State, event: VectoredEvent): State {
    return match(event.type)
      .with(eventTypes.externalInterrupt, () => this.externalInterrupt(state, event))
      .with(eventTypes.nmi, () => this.nmi(state, event))
      .with(eventTypes.privilegedSoftwareException, () => this.privilegedSoftException(state, event))
      .with(eventTypes.softwareInterrupt, eventTypes.softwareException, () => this.softEvent(state, event))
      .otherwise(() => this.hardwareException(state, event));
  }

  /** "An external interrupt … is injected by the next entry: else it is lost." */
  externalInterrupt(state: State, event: VectoredEvent): State {
    this.cite('external-interrupt-is-injected-again');
    return this.keep(state, event);
  }

  /** "An NMI … is injected by the next entry." */
  nmi(state: State, event: VectoredEvent): State {
    this.cite('nmi-is-injected-again');
    return this.keep(state, event);
  }

  /** "A hardware exception … is injected by the next entry, with its error code." */
  hardwareException(state: State, event: VectoredEvent): State {
    this.cite('hardware-exception-is-injected-again');
    return this.keep(state, event);
  }

  /** "with the instruction length of the exit" */
  softEvent(state: State, event: VectoredEvent): State {
    this.cite('soft-event-is-injected-again-with-length');
    return this.keep(state, event);
  }

  /** "Type 5 … is injected again as type 5." */
  privilegedSoftException(state: State, event: VectoredEvent): State {
    this.cite('privileged-soft-exception-is-injected-again');
    return this.keep(state, event);
  }

  private keep(state: State, event: VectoredEvent): State {
    return withInflight(this.acknowledged(state, event), this.carried(event), this.payload(event));
  }

  /** "with the type that the field has, not one derived from its vector" */
  carried(event: VectoredEvent): VectoredEvent {
    this.cite('type-is-carried');
    return event;
  }

  /** "ISR, IRR, MCIP and the count of NMIs change when the event is first taken only" */
  acknowledged(state: State, _event: VectoredEvent): State {
    this.cite('acknowledged-once');
    return state;
  }

  /** "CR2, DR6 and GD are not written when an event is injected again" */
  payload(_event: VectoredEvent): Payload | undefined {
    this.cite('payload-is-not-applied-again');
    return undefined;
  }
}
