import type { AtomicStep } from '../../../spec/posted-interrupts/steps.ts';
import { universe } from '../machine.ts';
import { Part } from '../part.ts';
import type { Guest, PostedInterruptsState as State, VirtualCpu } from '../state.ts';
import { withSchedule, withVcpu } from '../update.ts';
import type { PosterStep } from './poster-steps.ts';

/** A step of the target. */
export type TargetStep = Exclude<AtomicStep, PosterStep>;

const words = [1, 2].map((n) => universe.inWord(n));

/** The target, virtual CPU 0, and the processor under it, in atomic steps. */
export class TargetSteps extends Part {
  /** Takes the next step of the target, which is not at rest. */
  take(state: State, step: TargetStep): State {
    const { sync, entry, notification, eventDelivery, virtualInterrupts, blocking, scheduling } = this.parts;
    const vcpu = state.vcpus[0];
    this.parts.order.explain(step);
    switch (step) {
      case 'publish-in-guest':
        return this.follow(entry.published(state, 0), step);
      case 'test-on':
        return sync.isAnnounced(vcpu) ? this.follow(state, step) : this.goTo(state, 'write-rvi');
      case 'check-test-on':
        return blocking.findsPosted(vcpu) ? this.follow(state, step) : this.goTo(state, 'decide');
      case 'clear-on':
      case 'check-clear-on':
        return this.follow(this.with(state, sync.clearOn(vcpu)), step);
      case 'exchange-word-1':
      case 'check-exchange-word-1':
        return this.follow(this.with(state, sync.exchange(vcpu, words[0])), step);
      case 'exchange-word-2':
      case 'check-exchange-word-2':
        return this.follow(this.with(state, sync.exchange(vcpu, words[1])), step);
      case 'write-rvi':
        return this.follow(this.with(state, sync.writeRvi(vcpu)), step);
      case 'vm-entry':
        return this.follow(eventDelivery.boundary(this.with(state, virtualInterrupts.vmEntry(vcpu)), 0), step);

      case 'publish-outside':
        return this.follow(withSchedule(state, 0, { mode: 0 }), step);

      case 'processor-clear-on':
        return this.follow(this.with(state, notification.clearOn(vcpu)), step);
      case 'merge-word-1':
        return this.follow(this.with(state, notification.merge(vcpu, words[0])), step);
      case 'merge-word-2':
        return this.follow(this.with(state, notification.merge(vcpu, words[1])), step);
      case 'evaluate':
        return this.follow(eventDelivery.boundary(this.with(state, notification.evaluate(vcpu)), 0), step);

      case 'mark-blocked':
        return this.follow(blocking.mark(state, 0), step);
      case 'decide':
        return this.decide(this.with(state, sync.writeRvi(vcpu)), step);
      case 'schedule':
        return this.schedule(state, step);
      case 'list':
        return this.follow(blocking.enlist(state, 0), step);
      case 'switch-nv':
        return this.follow(blocking.switchNv(state, 0), step);
      case 'test-on-after-switch':
        return this.follow(blocking.recheckOn(state, 0), step);
      case 'deschedule':
      case 'deschedule-preempted':
        return this.follow(scheduling.deschedule(state, 0), step);

      case 'set-sn':
        return this.follow(scheduling.suppress(state, 0), step);

      case 'unlist':
        return this.follow(scheduling.unlist(state, 0), step);
      case 'set-control':
        return this.follow(scheduling.restoreControl(state, 0), step);
      case 'read-pir-word-1':
      case 'read-pir-word-2':
        return this.recheck(state, step);
      case 'set-on-after-load':
        return this.follow(scheduling.announce(state, 0), step);
      default:
        return step satisfies never;
    }
  }

  private decide(state: State, step: TargetStep): State {
    const { blocking } = this.parts;
    return blocking.hasReason(state.vcpus[0]) ? this.rest(blocking.goOn(state, 0)) : this.follow(state, step);
  }

  /** Somebody may have woken it since it decided to sleep. */
  private schedule(state: State, step: TargetStep): State {
    if (!state.vcpus[0].schedule.blocked) return this.rest(state);
    return this.parts.blocking.needsWakeup(state, 0) ? this.follow(state, step) : this.goTo(state, 'deschedule');
  }

  private recheck(state: State, step: 'read-pir-word-1' | 'read-pir-word-2'): State {
    const { scheduling } = this.parts;
    const { descriptor } = state.vcpus[0];
    const pir = descriptor.pir & words[step === 'read-pir-word-1' ? 0 : 1];
    if (scheduling.announcesAfterLoad({ ...descriptor, pir })) return this.goTo(state, 'set-on-after-load');
    return step === 'read-pir-word-1' ? this.follow(state, step) : this.rest(state);
  }

  /** Begins an operation. */
  at(state: State, target: AtomicStep | undefined): State {
    return { ...state, steps: { ...state.steps, target } };
  }

  private follow(state: State, step: TargetStep): State {
    return this.at(state, this.parts.order.after(step));
  }

  private goTo(state: State, step: TargetStep): State {
    return this.at(state, this.parts.order.from(step));
  }

  private rest(state: State): State {
    return this.at(state, undefined);
  }

  private with(state: State, guest: Guest | VirtualCpu): State {
    return withVcpu(state, 0, { ...state.vcpus[0], ...guest });
  }
}
