import { classOf } from '../../local-apic/index.ts';
import { exitReasons } from '../../../spec/posted-interrupts/universe.ts';
import { Part } from '../part.ts';
import type { Guest, PostedInterruptsState as State, VirtualCpu } from '../state.ts';
import {
  externalInterrupt,
  isInGuest,
  nonMaskableInterrupt,
  runsL2,
  withCore,
  withSchedule,
  withVcpu,
} from '../update.ts';

/** A state, and the event that is to be injected: interruption information, or 0. */
export interface Chosen {
  readonly state: State;
  readonly info: number;
}

/** The hypervisor enters virtual CPU `v`, which is loaded and outside the guest. */
export class Entry extends Part {
  enter(state: State, v: number): State {
    if (runsL2(state, v)) return this.parts.nested.enter(state);
    const { state: prepared, info } = this.prepare(state, v);
    const entered = this.vmEntry(prepared, v);
    const injected = info === 0 ? entered : this.inject(entered, v, info);
    return this.parts.eventDelivery.boundary(this.leaveThroughNmiWindow(injected, v), v);
  }

  /** "If the entry is called off it is injected at the next one, and never returns to IRR." */
  abort(state: State, v: number): State {
    if (runsL2(state, v)) return this.outside(this.synced(this.published(state, v), v), v);
    const { state: prepared, info } = this.prepare(state, v);
    if (info === 0) return this.outside(prepared, v);
    this.cite('injection-commits-the-vector');
    return withCore(this.outside(prepared, v), v, { inflight: this.keptAfterAbort(info) });
  }

  keptAfterAbort(info: number): number {
    return info;
  }

  /** Everything but the entry itself. */
  prepare(state: State, v: number): Chosen {
    const { state: chosen, info } = this.choose(this.synced(this.published(state, v), v), v);
    return { state: this.requestExits(chosen, v), info };
  }

  /** "The target is marked as in the guest before it syncs" */
  published(state: State, v: number): State {
    return withSchedule(state, v, { mode: 1 });
  }

  /** "Software syncs before every entry, also one that injects an event or is called off." */
  synced(state: State, v: number): State {
    this.cite('sync-precedes-every-entry');
    return this.parts.sync.sync(state, v);
  }

  private outside(state: State, v: number): State {
    return withSchedule(state, v, { mode: 0 });
  }

  // What is injected: "an event in flight, else an NMI, else an interrupt".

  choose(state: State, v: number): Chosen {
    const { core, virtual } = state.vcpus[v];
    if (core.inflight !== 0) return this.chooseInflight(state, v);
    if (core.nmi) return this.chooseNmi(state, v);
    return virtual.apicv ? { state, info: 0 } : this.chooseInterrupt(state, v);
  }

  /** "injected before anything else"; "changes none of IRR, ISR, RVI and SVI" */
  chooseInflight(state: State, v: number): Chosen {
    this.cite('committed-event-goes-first');
    this.cite('one-event-is-injected-per-entry');
    this.cite('reinjection-acknowledges-nothing');
    return { state: withCore(state, v, { inflight: 0 }), info: state.vcpus[v].core.inflight };
  }

  chooseNmi(state: State, v: number): Chosen {
    this.cite('nmi-reaches-every-state');
    this.cite('one-event-is-injected-per-entry');
    return { state: withCore(state, v, { nmi: false }), info: nonMaskableInterrupt };
  }

  chooseInterrupt(state: State, v: number): Chosen {
    const { localApic } = this.parts;
    const vcpu = state.vcpus[v];
    const vector = localApic.deliverable(vcpu.apic);
    if (vector === 0 || !this.parts.eventDelivery.isOpen(vcpu.core)) return { state, info: 0 };
    this.cite('injection-commits-the-vector');
    return {
      state: withVcpu(state, v, { ...vcpu, apic: localApic.acknowledge(vcpu.apic, vector) }),
      info: externalInterrupt(vector),
    };
  }

  // Exits that are asked for.

  requestExits(state: State, v: number): State {
    const vcpu = state.vcpus[v];
    const { apicv } = vcpu.virtual;
    const window = !apicv && this.windowAtEntry(vcpu);
    const threshold = apicv || !state.machine.config.tprShadow ? 0 : this.thresholdAtEntry(vcpu);
    if (window === vcpu.virtual.window && threshold === vcpu.virtual.threshold) return state;
    return withVcpu(state, v, { ...vcpu, virtual: { ...vcpu.virtual, window, threshold } });
  }

  /** "an entry that leaves a deliverable vector behind sets 'interrupt-window exiting', and any other entry clears it" */
  windowAtEntry({ apic }: VirtualCpu): boolean {
    this.cite('waiting-interrupt-requests-a-window');
    return this.parts.localApic.deliverable(apic) !== 0;
  }

  /** "the class of the highest pending vector if that is not above the class of TPR, else 0" */
  thresholdAtEntry({ apic }: VirtualCpu): number {
    this.cite('threshold-is-the-class-that-tpr-hides');
    const pending = classOf(this.parts.localApic.highestPending(apic.irr));
    return classOf(apic.tpr) >= pending ? pending : 0;
  }

  // The entry.

  vmEntry(state: State, v: number): State {
    const vcpu = state.vcpus[v];
    if (!vcpu.virtual.apicv) return state;
    this.cite('software-keeps-rvi-and-svi');
    return withVcpu(state, v, { ...vcpu, ...this.processorEntry(vcpu) });
  }

  processorEntry(guest: Guest): Guest {
    return this.parts.virtualInterrupts.vmEntry(guest);
  }

  /** "A virtual interrupt recognized at VM entry is delivered after the event that the entry injects" */
  inject(state: State, v: number, info: number): State {
    if (state.vcpus[v].virtual.recognized) this.cite('injected-event-precedes-virtual-interrupt');
    return this.parts.eventDelivery.deliver(state, v, info);
  }

  /** "An NMI that had to wait for an event in flight makes the guest exit before its next instruction." */
  leaveThroughNmiWindow(state: State, v: number): State {
    if (!isInGuest(state, v) || !state.vcpus[v].core.nmi) return state;
    this.cite('nmi-window-opens-for-a-waiting-nmi');
    return this.parts.exits.exit(state, v, { reason: exitReasons.nmiWindow });
  }
}
