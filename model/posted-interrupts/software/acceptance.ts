import { Part } from '../part.ts';
import type { PostedInterruptsState as State } from '../state.ts';
import { accepted, sent, takerOn, withSchedule, withVcpu } from '../update.ts';

/** Where an interrupt comes from that no virtual CPU sends. */
export const host = -1;

/** Software gives an interrupt to the local APIC of a virtual CPU. */
export class Acceptance extends Part {
  /** @param from the virtual CPU that sends it, or {@link host} */
  accept(state: State, v: number, vector: number, level: boolean, from: number): State {
    const { localApic, posting, nestedKvm } = this.parts;
    const vcpu = state.vcpus[v];
    if (localApic.refuses(vcpu.apic, vector)) return state;
    const apic = localApic.withTrigger(vcpu.apic, vector, level);
    const taken = accepted(withVcpu(state, v, { ...vcpu, apic }), vector, takerOn(v, false));
    if (nestedKvm.passesByL1(taken, v, vector)) return nestedKvm.remember(taken);
    return this.isPosted(taken, v) ? posting.post(taken, v, vector, from) : this.acceptDirectly(taken, v, vector);
  }

  /** "With APICv off a CPU does not post" */
  isPosted(state: State, v: number): boolean {
    const { apicv } = state.vcpus[v].virtual;
    if (!apicv) this.cite('inactive-apicv-refuses-posting');
    return apicv;
  }

  /** "the vector goes into IRR, and the target is kicked, or woken if it is blocked" */
  acceptDirectly(state: State, v: number, vector: number): State {
    const vcpu = state.vcpus[v];
    return this.kick(withVcpu(state, v, { ...vcpu, apic: this.parts.localApic.withPending(vcpu.apic, vector) }), v);
  }

  /** "sent to a target that is in the guest and has not been told to leave it; no second one" */
  kick(state: State, v: number): State {
    const { mode, pcpu } = state.vcpus[v].schedule;
    if (mode !== 0) this.cite('kick-makes-the-target-leave-once');
    if (mode === 1) return sent(withSchedule(state, v, { mode: 2 }), pcpu, 'kick');
    return this.parts.blocking.wake(state, v);
  }
}
