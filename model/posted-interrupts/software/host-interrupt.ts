import { exitReasons, hostTimerVector, physicalVectors } from '../../../spec/posted-interrupts/universe.ts';
import type { PhysicalName } from '../machine.ts';
import { Part } from '../part.ts';
import type { Core, PostedInterruptsState as State, VirtualCpu } from '../state.ts';
import { arrived, externalInterrupt, guestOf, inGuestOn, runsL2, withGuest } from '../update.ts';

/** Physical interrupts arrive: in the guest the processor takes them first, then the host does. */
export class HostInterrupt extends Part {
  /** A pending vector arrives at physical CPU `p`. */
  arrive(state: State, p: number, physical: PhysicalName): State {
    const { nestedKvm } = this.parts;
    const taken = arrived(state, p, physical);
    const v = inGuestOn(taken, p);
    if (v < 0) return this.arriveOutside(taken, p, physical);
    if (this.isNotification(taken, v, physical)) return this.processNotification(taken, v);
    if (nestedKvm.isNotification(taken, v, physical)) return this.processNotification(taken, v);
    return this.handle(this.exitFor(taken, v, physical), p, physical);
  }

  /** "Whether blocking by STI or MOV SS holds off external interrupts … is up to the processor." */
  isHeldOff(state: State, p: number): boolean {
    const v = inGuestOn(state, p);
    return v >= 0 && this.blockingHoldsOff(state, guestOf(state, v).core);
  }

  blockingHoldsOff({ machine }: State, { blocking }: Core): boolean {
    if (blocking === 'none') return false;
    this.cite('blocked-arrival');
    const { blocksArrival } = machine.config;
    return blocksArrival === 'both' || blocksArrival === blocking;
  }

  /** Whether the processor compares equal: not with APICv off, and not while L2 runs. */
  isNotification(state: State, v: number, physical: PhysicalName): boolean {
    if (physical !== 'posted') return false;
    const { apicv } = state.vcpus[v].virtual;
    if (!apicv) this.cite('notification-without-apicv-exits');
    if (runsL2(state, v)) this.cite('l1-post-does-not-reach-l2');
    return apicv && !runsL2(state, v);
  }

  /** "causes no VM exit and is not blocked by IF" */
  processNotification(state: State, v: number): State {
    this.cite('notification-does-not-exit');
    const guest = guestOf(state, v);
    if (guest.core.halted) this.cite('notification-keeps-hlt');
    if (runsL2(state, v)) this.cite('nested-processing-fills-the-page-of-l2');
    const processed = this.parts.notification.process(guest);
    return this.parts.eventDelivery.boundary(withGuest(state, v, processed), v);
  }

  /** "exit with reason 1 and is acknowledged: the exit interruption information holds it" */
  exitFor(state: State, v: number, physical: PhysicalName): State {
    this.cite('other-vector-exits');
    if (runsL2(state, v)) this.cite('physical-exit-of-l2-is-invisible');
    return this.parts.exits.exit(state, v, this.report(physicalVectors[physical]));
  }

  report(vector: number): { readonly reason: number; readonly interruption: number } {
    return { reason: exitReasons.externalInterrupt, interruption: externalInterrupt(vector) };
  }

  /** The host's own interrupt makes virtual CPU `v` leave the guest. */
  timer(state: State, v: number): State {
    this.cite('other-vector-exits');
    if (runsL2(state, v)) this.cite('physical-exit-of-l2-is-invisible');
    return this.parts.exits.exit(state, v, this.report(hostTimerVector));
  }

  /** The processor's part of {@link timer}. */
  reportTimer(state: State, v: number): State {
    this.cite('other-vector-exits');
    return this.parts.exits.report(state, v, this.report(hostTimerVector));
  }

  /** "changes neither descriptor nor registers" */
  arriveOutside(state: State, p: number, physical: PhysicalName): State {
    if (physical === 'posted') {
      this.cite('notification-outside-is-ignored');
      this.cite('stale-notification-is-harmless');
    }
    return this.handle(state, p, physical);
  }

  /** The host's handler. */
  handle(state: State, p: number, physical: PhysicalName): State {
    return physical === 'wakeup' ? this.handleWakeup(state, p) : state;
  }

  /** "changes no descriptor and no list" */
  handleWakeup(state: State, p: number): State {
    this.cite('wakeup-leaves-the-descriptor');
    return state.vcpus.reduce(
      (next, vcpu, v) => (this.wakesFor(vcpu, p) ? this.parts.blocking.wake(next, v) : next),
      state,
    );
  }

  /** "every virtual CPU on the list of that physical CPU whose ON is 1, and no other" */
  wakesFor({ schedule, descriptor }: VirtualCpu, p: number): boolean {
    this.cite('wakeup-wakes-whom-on-marks');
    return schedule.list === 1 + p && descriptor.on;
  }
}
