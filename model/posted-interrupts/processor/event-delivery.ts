import { exitReasons, nestedNotificationVector } from '../../../spec/posted-interrupts/universe.ts';
import { classOf } from '../../local-apic/index.ts';
import { Part } from '../part.ts';
import type { Core, PostedInterruptsState as State } from '../state.ts';
import { externalInterrupt, guestOf, isInGuest, runsL2, takerOn, withCore, withGuest } from '../update.ts';

/** Delivery through the guest's IDT, and what happens between two instructions. */
export class EventDelivery extends Part {
  /** Delivers an event to the guest that runs on virtual CPU `v`. */
  deliver(state: State, v: number, info: number): State {
    const { core } = guestOf(state, v);
    const halted = this.haltedAfterDelivery(core);
    const blocking = 'none';
    if (!core.obstructed) return this.reach(withCore(state, v, { blocking, halted }), v, info);
    const interrupted = withCore(state, v, { blocking, halted, obstructed: false, inflight: this.remembered(info) });
    this.cite('interrupted-delivery-is-reported');
    return this.parts.exits.exit(interrupted, v, { reason: exitReasons.eptViolation, idtVectoring: info });
  }

  /** The handler is reached. */
  reach(state: State, v: number, info: number): State {
    const taker = takerOn(v, runsL2(state, v));
    if (this.isNotificationForL1(state, taker, info)) this.cite('nested-notification-is-ordinary-at-l1');
    const { first } = state.delivery;
    const delivery = first === 0 ? { first: info, second: 0, taker } : { first, second: info, taker };
    return { ...state, delivery };
  }

  private isNotificationForL1({ machine }: State, taker: number, info: number): boolean {
    return machine.config.nested && taker === 1 && info === externalInterrupt(nestedNotificationVector);
  }

  /** "Delivery of an event to a halted guest makes it active." */
  haltedAfterDelivery({ halted }: Core): boolean {
    if (halted) this.cite('delivery-ends-hlt');
    return false;
  }

  /** What is in flight after a delivery that was interrupted. */
  remembered(info: number): number {
    return info;
  }

  /** Delivers the virtual interrupt that is recognized. */
  deliverVirtual(state: State, v: number): State {
    const guest = guestOf(state, v);
    const { rvi } = guest.virtual;
    if (guest.core.obstructed) this.cite('interrupted-delivery-has-acknowledged');
    const acknowledged = withGuest(state, v, this.parts.virtualInterrupts.deliver(guest));
    return this.deliver(acknowledged, v, externalInterrupt(rvi));
  }

  /** Between two instructions of the guest on virtual CPU `v`: at most one thing happens. */
  boundary(state: State, v: number): State {
    if (!isInGuest(state, v)) return state;
    const { virtual, core, apic } = guestOf(state, v);
    if (!virtual.window && !virtual.recognized) {
      if (classOf(virtual.rvi) > classOf(apic.ppr)) this.cite('evaluation-has-five-causes');
      return state;
    }
    if (!this.isOpen(core)) {
      if (virtual.recognized) this.cite('recognized-interrupt-waits-for-if');
      return state;
    }
    return virtual.window ? this.leaveThroughWindow(state, v) : this.deliverVirtual(state, v);
  }

  /** "exits at the first boundary with IF 1 and no blocking by STI or MOV SS" */
  leaveThroughWindow(state: State, v: number): State {
    this.cite('open-window-exits');
    return this.parts.exits.exit(state, v, { reason: exitReasons.interruptWindow });
  }

  /** "No interrupt is injected or delivered while IF is 0, or in blocking by STI or MOV SS." */
  isOpen({ interruptFlag, blocking }: Core): boolean {
    const open = interruptFlag && blocking === 'none';
    if (!open) this.cite('closed-guest-gets-no-interrupt');
    if (blocking === 'sti') this.cite('sti-blocks-one-instruction');
    if (blocking === 'movss') this.cite('mov-ss-blocks-one-instruction');
    return open;
  }
}
