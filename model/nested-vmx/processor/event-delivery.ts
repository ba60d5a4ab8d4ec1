import { frames as depth, handlerEntry } from '../../../spec/nested-vmx/universe.ts';
import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { activityStates } from '../../../spec/vmx/guest-non-register-state.ts';
import { eventTypes, interruptionInformation } from '../../../spec/vmx/interruption-information.ts';
import { isSoftware, isValid, typeOf, vectorOf } from '../events.ts';
import { control } from '../machine.ts';
import { Part } from '../part.ts';
import type { Core, EventFields, Guest } from '../state.ts';
import type { Delivery } from '../shown.ts';
import { plainExit, type VmExit } from './vm-exit.ts';

/** A guest after it was to get an event: it got it, or left. */
export interface Delivered {
  readonly guest: Guest;
  /** What was pushed; `undefined` if the delivery met an EPT violation. */
  readonly delivery?: Delivery;
  readonly exit?: VmExit;
}

const oldest = 1 << depth;

/** The position that is shown: the mark of a handler, or the number. */
export const positionOf = ({ handler, steps }: Core): number => (handler === 0 ? steps : handler);

/** The number of interrupted contexts. */
export const depthOf = ({ frames }: Core): number => 31 - Math.clz32(frames);

/** Delivery of an event through an IDT. */
export class EventDelivery extends Part {
  /** Delivers an event to a guest in VMX non-root operation. */
  deliver(guest: Guest, event: EventFields): Delivered {
    const started = this.start(guest.core, event);
    if (!guest.idt) return this.interrupted({ ...guest, core: started }, event);
    const delivery: Delivery = {
      level: 2,
      information: event.information,
      error: this.pushedError(event),
      position: positionOf(guest.core),
      length: this.pushedLength(event),
      interrupts: guest.core.interruptFlag,
    };
    const core = this.enterHandler(started, event);
    return { guest: { ...guest, core, mtf: this.mtfAfterDelivery(guest) }, delivery };
  }

  /** What the delivery of an event has done before the IDT is read. */
  start(core: Core, { information }: EventFields): Core {
    return {
      ...core,
      activity: this.activityInDelivery(core),
      blocking: this.blockingInDelivery(core),
      nmiBlocking: this.nmiBlockingInDelivery(core, information),
    };
  }

  /** "An event that is delivered to a halted level makes it active" */
  activityInDelivery({ activity }: Core): number {
    if (activity !== activityStates.active) this.cite('delivery-wakes');
    return activityStates.active;
  }

  /** "clears IF and ends blocking" */
  blockingInDelivery(_core: Core): number {
    return 0;
  }

  /** "NMIs are blocked until the IRET"; "sets virtual-NMI blocking with 'virtual NMIs', else the blocking of NMIs" */
  nmiBlockingInDelivery({ nmiBlocking }: Core, information: number): boolean {
    return nmiBlocking || typeOf(information) === eventTypes.nmi;
  }

  /** The handler is reached: the context is pushed, the gate clears IF. */
  enterHandler(core: Core, { information }: EventFields): Core {
    this.cite('delivery-clears-if-and-iret-restores-it');
    return {
      ...core,
      interruptFlag: false,
      frames: this.pushed(core),
      handler: handlerEntry + vectorOf(information),
    };
  }

  /** The frames with one more; the oldest is forgotten. */
  private pushed({ frames, interruptFlag }: Core): number {
    const next = (frames << 1) | Number(interruptFlag);
    return next < oldest << 1 ? next : (next & (oldest - 1)) | oldest;
  }

  /** "pushes the error code of the entry; others push none" */
  pushedError({ information, error }: EventFields): number {
    return information & interruptionInformation.errorCode ? error : 0;
  }

  /** "pushes the RIP behind the instruction …; any other event pushes the RIP itself" */
  pushedLength({ information, length }: EventFields): number {
    return isSoftware(information) ? length : 0;
  }

  /** "an event that is delivered to L2, injected or not, is followed by the exit with reason 37" */
  mtfAfterDelivery({ controls, mtf }: Guest): boolean {
    if ((controls & control.monitorTrapFlag) === 0) return mtf;
    this.cite('mtf-exits-after-a-delivery');
    return true;
  }

  /** "exits with reason 48, and the event … in the IDT-vectoring information" */
  interrupted(guest: Guest, event: EventFields): Delivered {
    return {
      guest,
      exit: {
        ...plainExit(exitReasons.eptViolation),
        qualification: 0x181,
        vectoring: event.information,
        vectoringError: this.pushedError(event),
        length: this.pushedLength(event),
      },
    };
  }

  /** Injection by a VM entry whose field is valid: whatever IF, blocking and intercepts say. */
  inject(guest: Guest, entry: EventFields): Delivered {
    if (!isValid(entry.information)) return { guest };
    return this.deliver(guest, entry);
  }
}
