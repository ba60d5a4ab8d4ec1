import type { VectorSet } from '../../local-apic/index.ts';
import { universe } from '../machine.ts';
import { Part } from '../part.ts';
import type { PostedInterruptsState as State, VirtualApic, VirtualCpu } from '../state.ts';
import { isInGuest, withCore, withNested, withSchedule, withVcpu } from '../update.ts';

/** APICv is switched, the device comes and goes, state is saved and restored, an NMI comes, the IDT goes. */
export class Switching extends Part {
  switchApicv(state: State, on: boolean): State {
    this.cite('apicv-switch-keeps-pending-and-in-service');
    return state.vcpus.reduce(
      (next, _, v) => withVcpu(next, v, this.switched(next.vcpus[v], on)),
      this.makeGuestsLeave(state),
    );
  }

  /** "Every virtual CPU has left the guest before APICv is switched" */
  makeGuestsLeave(state: State): State {
    return state.vcpus.reduce((next, _, v) => (isInGuest(next, v) ? this.makeLeave(next, v) : next), state);
  }

  makeLeave(state: State, v: number): State {
    this.cite('apicv-switch-makes-guests-leave');
    const { exits } = this.parts;
    const { nested } = state;
    const left = withSchedule(state, v, { mode: 0 });
    const virtual = exits.unrecognized(left.vcpus[v].virtual);
    const outside = withVcpu(left, v, { ...left.vcpus[v], virtual });
    return v === 0 ? withNested(outside, { ...nested, virtual: exits.unrecognized(nested.virtual) }) : outside;
  }

  /** Neither IRR, PIR, ISR nor TPR change. */
  switched(vcpu: VirtualCpu, on: boolean): VirtualCpu {
    const virtual = { ...vcpu.virtual, ...this.statusAfterSwitch(vcpu, on), apicv: on, window: false, threshold: 0 };
    return { ...vcpu, virtual };
  }

  /** "Switching APICv on sets RVI and SVI from IRR and ISR." Off, they are 0. */
  statusAfterSwitch({ apic }: VirtualCpu, on: boolean): Pick<VirtualApic, 'rvi' | 'svi'> {
    if (!on) return { rvi: 0, svi: 0 };
    this.cite('apicv-on-restores-rvi-and-svi');
    return this.statusOf(apic.irr, apic.isr);
  }

  private statusOf(irr: VectorSet, isr: VectorSet): Pick<VirtualApic, 'rvi' | 'svi'> {
    return { rvi: universe.max(irr), svi: universe.max(isr) };
  }

  assign(state: State, on: boolean): State {
    const assigned = { ...state, assigned: on };
    return on ? this.wakeSleepers(assigned) : assigned;
  }

  /** "it went to sleep without the wake-up vector" */
  wakeSleepers(state: State): State {
    this.cite('assignment-wakes-sleepers');
    return this.parts.blocking.wakeAll(state);
  }

  saveRestore(state: State): State {
    const woken = this.parts.blocking.wakeAll(state);
    if (!state.machine.canPost) return woken;
    return woken.vcpus.reduce((next, vcpu, v) => withVcpu(next, v, this.restored(this.saved(vcpu), state, v)), woken);
  }

  /** "Saved IRR holds what was posted, whatever ON and SN are." What is in flight stays. */
  saved(vcpu: VirtualCpu): VirtualCpu {
    this.cite('restore-keeps-what-is-in-flight');
    this.cite('save-takes-posted-vectors');
    const { apic, descriptor } = vcpu;
    return {
      ...vcpu,
      apic: { ...apic, irr: apic.irr | descriptor.pir },
      descriptor: { ...descriptor, pir: 0, on: false },
    };
  }

  /** "RVI, SVI and the EOI-exit bitmap fit the restored registers and lines" */
  restored(vcpu: VirtualCpu, { machine }: State, v: number): VirtualCpu {
    this.cite('restore-rebuilds-the-processor-state');
    const { apic, virtual } = vcpu;
    const status = virtual.apicv ? this.statusOf(apic.irr, apic.isr) : {};
    return { ...vcpu, virtual: { ...virtual, ...status, eoiExit: this.eoiExitAfterRestore(machine.levelVectors(v)) } };
  }

  /** "holds the vectors of the level-triggered lines that are routed to the virtual CPU" */
  eoiExitAfterRestore(levelVectors: VectorSet): VectorSet {
    this.cite('level-vectors-exit-on-eoi');
    return levelVectors;
  }

  /** "A pending NMI kicks a virtual CPU in the guest, wakes a blocked one" */
  nmi(state: State, v: number): State {
    this.cite('nmi-reaches-every-state');
    return this.parts.acceptance.kick(withCore(state, v, { nmi: true }), v);
  }

  obstruct(state: State, v: number): State {
    return withCore(state, v, { obstructed: true });
  }
}
