import type { Skip } from '../../../spec/contract.ts';
import { activityStates } from '../../../spec/vmx/guest-non-register-state.ts';
import { eventTypes } from '../../../spec/vmx/interruption-information.ts';
import { codeSegments, places } from '../../../spec/vmcs12/universe.ts';
import { put, rflags } from '../bits.ts';
import { typeOf } from '../exit/exit-information.ts';
import { Part } from '../part.ts';
import { skips } from '../skips.ts';
import type { EventInFlight, L2, Vmcs12State as State } from '../state.ts';
import { isLongMode, withL2 } from '../update.ts';

const pageFault = 14;

/** Delivery of an event through the IDT of L2. */
export class Delivery extends Part {
  /** What L2 or the outside raises. What becomes of a trap that MOV SS holds back beside it is left open. */
  deliverNative(state: State, event: EventInFlight): State | Skip {
    return state.l2.pendingDebug === 0 ? this.deliver(state, event) : skips.trapHeldBack;
  }

  deliver(state: State, event: EventInFlight): State {
    const begun = this.begin(state, event);
    const again = begun.l0.isObstructed ? this.deliverAgain(begun, event) : { state: begun, event };
    return this.parts.obstacles.meet(again.state, again.event) ?? this.finish(again.state, again.event);
  }

  /** "An event whose delivery L0 interrupted reaches the handler once, with the frame that it would have had" */
  deliverAgain(state: State, event: EventInFlight): { readonly state: State; readonly event: EventInFlight } {
    this.cite('event-delivered-again-by-l0-is-delivered-once');
    return { state: this.parts.physicalExits.interruptedDelivery(state, event), event };
  }

  /** What is done once, before anything can cut the delivery short. */
  begin(state: State, event: EventInFlight): State {
    const { l2 } = state;
    const isNmi = typeOf(event.information) === eventTypes.nmi;
    const awake = this.activity(l2);
    const begun =
      awake === l2.activity && !isNmi
        ? state
        : withL2(state, { activity: awake, nmiBlocking: isNmi ? this.blocksNmis() : l2.nmiBlocking });
    return this.withCr2(begun, event);
  }

  /** "An event whose delivery begins makes L2 active" */
  activity({ activity }: L2): number {
    if (activity !== activityStates.active) this.cite('delivery-ends-a-halt');
    return activityStates.active;
  }

  /** "an NMI whose delivery exits counts as delivered" */
  blocksNmis(): boolean {
    this.cite('nmi-blocking-is-saved');
    return true;
  }

  /** A page fault of L2 loads CR2. "An injected #PF does not change CR2." */
  withCr2(state: State, event: EventInFlight): State {
    if ((event.information & 0xff) !== pageFault || typeOf(event.information) !== eventTypes.hardwareException) {
      return state;
    }
    this.cite(event.isInjected ? 'injected-fault-leaves-cr2' : 'direct-exit-changes-no-shared-register');
    return this.loadsCr2(event) ? { ...state, shared: { ...state.shared, cr2: places.faultAddress } } : state;
  }

  loadsCr2({ isInjected }: EventInFlight): boolean {
    return !isInjected;
  }

  /** The frame is made, and the handler begins. */
  finish(state: State, event: EventInFlight): State {
    this.cite('delivery-builds-the-frame');
    this.cite('vmcs-is-still-while-l2-runs');
    this.cite('registers-of-l1-are-still-while-l2-runs');
    const { l2 } = state;
    const delivered: State = {
      ...state,
      delivery: {
        event: event.information,
        returnRip: this.returnRip(l2, event),
        errorCode: event.errorCode ?? 0,
      },
      l2: {
        ...l2,
        rsp: this.rspAfter(l2, event),
        rip: places.handlers + 16 * (event.information & 0xff),
        rflags: this.rflagsAfter(l2),
        isRfUndefined: false,
        cs: this.codeSegment(l2),
        shadow: 0,
      },
    };
    return this.parts.boundary.reach(delivered, this.parts.execution.steps(delivered));
  }

  /** "a frame with the return pointer of its kind": behind the instruction for software events */
  returnRip({ rip }: L2, { like, length }: EventInFlight): number {
    return like === 'software' ? (rip + length) >>> 0 : rip;
  }

  rspAfter(l2: L2, { errorCode }: EventInFlight): number {
    const slot = isLongMode(l2) ? 8 : 4;
    const top = isLongMode(l2) ? (l2.rsp & ~15) - 5 * slot : l2.rsp - 3 * slot;
    return (errorCode === undefined ? top : top - slot) >>> 0;
  }

  /** "it clears IF, TF and RF" */
  rflagsAfter({ rflags: flags }: L2): number {
    return put(flags, rflags.if | rflags.tf | rflags.rf, false);
  }

  codeSegment(l2: L2): L2['cs'] {
    const selector = isLongMode(l2) ? 0x08 : 0x18;
    return { selector, ...codeSegments[selector] };
  }
}
