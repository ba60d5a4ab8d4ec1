import { activityStates } from '../../../spec/vmx/guest-non-register-state.ts';
import { eventTypes } from '../../../spec/vmx/interruption-information.ts';
import { any, rflags } from '../bits.ts';
import { Part } from '../part.ts';
import type { Vmcs12State as State, VmExit } from '../state.ts';
import { typeOf } from './exit-information.ts';

/** RIP and RFLAGS.RF that an exit saves. What an instruction or a delivery does to RIP it has done before, or not at all. */
export class ReturnPoint extends Part {
  rip(state: State, exit: VmExit): number {
    if (state.l2.activity === activityStates.hlt) return this.ripOfHaltedGuest(state);
    switch (exit.by) {
      case 'instruction':
        return this.ripOfInstruction(state, exit);
      case 'trap':
        return this.ripAfterInstruction(state, exit);
      case 'delivery':
        return this.ripBeforeDelivery(state, exit);
      case 'fault':
      case 'event':
      case 'abort':
        return exit.inFlight === undefined ? this.ripOfEvent(state, exit) : this.ripBeforeDelivery(state, exit);
      default:
        return exit.by satisfies never;
    }
  }

  /** "the address of that instruction" */
  ripOfInstruction({ l2 }: State, _exit: VmExit): number {
    this.cite('rip-of-an-instruction-that-exits');
    return l2.rip;
  }

  /** "the return pointer that the frame would have had; for INT3 and INT1 that instruction itself" */
  ripOfEvent({ l2 }: State, _exit: VmExit): number {
    this.cite('rip-of-a-direct-event-exit');
    return l2.rip;
  }

  /** "the address of the next instruction" */
  ripAfterInstruction({ l2 }: State, _exit: VmExit): number {
    this.cite('rip-of-a-trap-like-exit');
    return l2.rip;
  }

  /** "RIP as it was before the delivery" */
  ripBeforeDelivery({ l2 }: State, _exit: VmExit): number {
    this.cite('rip-during-delivery-is-the-one-before');
    return l2.rip;
  }

  /** "the address of the instruction behind HLT" */
  ripOfHaltedGuest({ l2 }: State): number {
    this.cite('rip-of-a-halted-guest');
    return l2.rip;
  }

  /** RF; `undefined` where the manual leaves it open. */
  rf(state: State, exit: VmExit): boolean | undefined {
    switch (exit.by) {
      case 'instruction':
        return this.rfOfInstruction(state);
      case 'fault':
        return this.rfOfFault(state);
      case 'delivery':
        return this.rfDuringDelivery(state, exit);
      case 'event':
      case 'trap':
        return this.rfOfOthers(state);
      case 'abort':
        return undefined;
      default:
        return exit.by satisfies never;
    }
  }

  /** "An exit that an instruction causes saves RF = 0." */
  rfOfInstruction(_state: State): boolean | undefined {
    this.cite('rf-of-an-instruction-exit-is-clear');
    return false;
  }

  /** "The exit of a fault or of a denied access outside the delivery of an event saves RF = 1." */
  rfOfFault(_state: State): boolean | undefined {
    this.cite('rf-of-a-fault-like-exit-is-set');
    return true;
  }

  /** "as the frame of that event would have had it: 1 for a fault, unchanged for others" */
  rfDuringDelivery(state: State, { inFlight }: VmExit): boolean | undefined {
    if (inFlight?.isInjected && typeOf(inFlight.information) === eventTypes.hardwareException) return undefined;
    this.cite('rf-during-delivery-is-that-of-the-event');
    return inFlight?.like === 'fault' ? true : this.current(state);
  }

  /** "save RF as it was" */
  rfOfOthers(state: State): boolean | undefined {
    this.cite('rf-of-traps-and-interrupts');
    return this.current(state);
  }

  /** RF as L2 has it. */
  protected current({ l2 }: State): boolean | undefined {
    return l2.isRfUndefined ? undefined : any(l2.rflags, rflags.rf);
  }
}
