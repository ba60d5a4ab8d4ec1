import { physicalVectors } from '../../../spec/posted-interrupts/universe.ts';
import { Part } from '../part.ts';
import type { PostedInterruptsState as State, VirtualCpu } from '../state.ts';
import { sent, withCore, withDescriptor, withSchedule } from '../update.ts';

/** A halted virtual CPU looks for a reason to go on, and sleeps if there is none: each step, and all of them at once. */
export class Blocking extends Part {
  block(state: State, v: number): State {
    const looked = this.look(this.mark(state, v), v);
    return this.hasReason(looked.vcpus[v]) ? this.goOn(looked, v) : this.sleep(looked, v);
  }

  /** "marked blocked before it looks for a reason to go on" */
  mark(state: State, v: number): State {
    return withSchedule(state, v, { blocked: true });
  }

  look(state: State, v: number): State {
    if (!state.machine.canPost) return state;
    return this.parts.sync.finish(state, v, this.findsPosted(state.vcpus[v]));
  }

  /** "The look includes what is posted: it syncs first." */
  findsPosted(vcpu: VirtualCpu): boolean {
    this.cite('block-looks-at-pir');
    return this.parts.sync.isAnnounced(vcpu);
  }

  /** "a vector that is deliverable with IF 1, or an NMI, and … nothing else" */
  hasReason({ apic, core }: VirtualCpu): boolean {
    this.cite('block-ends-for-a-deliverable-interrupt');
    if (core.nmi) {
      this.cite('nmi-reaches-every-state');
      return true;
    }
    if (this.parts.localApic.deliverable(apic) !== 0 && this.parts.eventDelivery.isOpen(core)) return true;
    if (apic.irr !== 0) this.cite('woken-cpu-looks-again');
    return false;
  }

  /** It stays loaded: "deliver nothing and leave every pending vector pending" */
  goOn(state: State, v: number): State {
    this.cite('block-consumes-nothing');
    return withCore(withSchedule(state, v, { blocked: false }), v, { halted: false });
  }

  sleep(state: State, v: number): State {
    this.cite('block-consumes-nothing');
    const listening = this.needsWakeup(state, v) ? this.listen(state, v) : state;
    return this.parts.scheduling.deschedule(listening, v);
  }

  /** "sleeps with the device assigned and IF 1"; else "on no list and keeps the notification vector" */
  needsWakeup(state: State, v: number): boolean {
    const needs = state.assigned && this.parts.eventDelivery.isOpen(state.vcpus[v].core);
    this.cite(needs ? 'sleeper-is-listed-with-wakeup-vector' : 'sleeper-with-if-0-is-not-listed');
    return needs;
  }

  listen(state: State, v: number): State {
    return this.recheckOn(this.switchNv(this.enlist(state, v), v), v);
  }

  /** "is on the wake-up list of its physical CPU" */
  enlist(state: State, v: number): State {
    return withSchedule(state, v, { list: 1 + state.vcpus[v].schedule.pcpu });
  }

  /** "NV is the wake-up vector" */
  switchNv(state: State, v: number): State {
    this.cite('sleeper-is-listed-with-wakeup-vector');
    return withDescriptor(state, v, { nv: physicalVectors.wakeup });
  }

  /** "software that finds ON set sends the wake-up vector to its own physical CPU" */
  recheckOn(state: State, v: number): State {
    this.cite('on-is-rechecked-after-nv');
    const { descriptor, schedule } = state.vcpus[v];
    return descriptor.on ? sent(state, schedule.pcpu, 'wakeup') : state;
  }

  wake(state: State, v: number): State {
    return state.vcpus[v].schedule.blocked ? withSchedule(state, v, { blocked: false }) : state;
  }

  wakeAll(state: State): State {
    return state.vcpus.reduce((next, _, v) => this.wake(next, v), state);
  }
}
