import { universe } from '../machine.ts';
import { Part } from '../part.ts';
import type { Descriptor, PostedInterruptsState as State } from '../state.ts';
import { sent, withVcpu } from '../update.ts';

/** A CPU posts: what it does in each of its steps, and all of them at once. */
export class Posting extends Part {
  post(state: State, v: number, vector: number, from: number): State {
    const marked = this.setPir(state.vcpus[v].descriptor, vector);
    if (marked === undefined) return state;
    const announced = this.setOn(marked);
    const posted = withVcpu(state, v, { ...state.vcpus[v], descriptor: announced ?? marked });
    if (announced === undefined) return posted;
    return this.isToItself(from, v) ? posted : this.notify(posted, v);
  }

  /** "sets the bit in PIR before it looks at or sets ON, also when ON turns out to be set"; nothing: it is done. */
  setPir(descriptor: Descriptor, vector: number): Descriptor | undefined {
    this.cite('post-sets-pir-first');
    if (universe.has(descriptor.pir, vector)) {
      this.cite('post-coalesces-in-pir');
      return undefined;
    }
    return { ...descriptor, pir: universe.with(descriptor.pir, vector) };
  }

  /** "A CPU that has set a new bit in PIR sets ON"; nothing: it was set, "whoever has set it" notifies. */
  setOn(descriptor: Descriptor): Descriptor | undefined {
    if (descriptor.sn) this.cite('cpu-post-ignores-sn');
    if (descriptor.on) {
      this.cite('notify-once-per-on');
      return undefined;
    }
    this.cite('post-sets-on');
    return { ...descriptor, on: true };
  }

  /** "A virtual CPU that posts to itself, outside the guest, sends nothing" */
  isToItself(from: number, v: number): boolean {
    if (from === v) this.cite('self-post-needs-no-notification');
    return from === v;
  }

  notify(state: State, v: number): State {
    return this.findsInGuest(state, v) ? this.sendNotification(state, v) : this.wake(state, v);
  }

  findsInGuest(state: State, v: number): boolean {
    return state.vcpus[v].schedule.mode === 1;
  }

  /** "to the physical CPU of a target in the guest, every time, whatever became of earlier ones" */
  sendNotification(state: State, v: number): State {
    this.cite('new-on-notifies-a-running-guest');
    return sent(state, state.vcpus[v].schedule.pcpu, 'posted');
  }

  /** "wakes a target that is blocked" */
  wake(state: State, v: number): State {
    this.cite('new-on-wakes-a-blocked-target');
    return this.parts.blocking.wake(state, v);
  }
}
