import { exitReasons, nestedNotificationVector } from '../../../spec/posted-interrupts/universe.ts';
import { universe } from '../machine.ts';
import { Part } from '../part.ts';
import type { PostedInterruptsState as State } from '../state.ts';
import { accepted, externalInterrupt, withCore, withNested, withSchedule, withVcpu } from '../update.ts';

/** L1 on virtual CPU 0 runs L2: its entries and exits, and the interrupts of L1 that come while L2 runs. */
export class Nested extends Part {
  /** L1 enters L2. */
  vmEntry(state: State): State {
    const { instructions, exits, nestedKvm } = this.parts;
    const executed = withSchedule(instructions.complete(state, 0), 0, { mode: 0 });
    const vcpu = executed.vcpus[0];
    const running = withVcpu(executed, 0, {
      ...vcpu,
      core: { ...vcpu.core, l2: true },
      virtual: exits.unrecognized(vcpu.virtual),
    });
    return this.enter(nestedKvm.forget(running));
  }

  /** The hypervisor enters L2. */
  enter(state: State): State {
    const { nestedKvm, entry } = this.parts;
    const synced = entry.synced(entry.published(state, 0), 0);
    if (state.machine.isKvm) return nestedKvm.enter(synced);
    this.cite('virtual-interrupt-of-l2-goes-first');
    return this.look(this.boundary(this.processorEntry(synced)), true);
  }

  processorEntry(state: State): State {
    return withNested(state, { ...state.nested, ...this.parts.virtualInterrupts.vmEntry(state.nested) });
  }

  boundary(state: State): State {
    return this.parts.eventDelivery.boundary(state, 0);
  }

  /**
   * What is deliverable to L1 is consumed, or makes L2 exit.
   *
   * @param inL2 whether L2 has been entered: then a notification that is consumed is followed by a boundary of L2
   */
  look(state: State, inL2: boolean): State {
    const vector = this.deliverableToL1(state);
    if (vector === 0) return state;
    if (!this.isNotification(vector)) return this.interruptL1(state, vector);
    const consumed = this.consume(state, inL2);
    return this.look(inL2 ? this.boundary(consumed) : consumed, inL2);
  }

  /** "A vector that is not above PPR of L1 makes L2 not exit." */
  deliverableToL1(state: State): number {
    const { apic } = state.vcpus[0];
    const vector = this.parts.localApic.deliverable(apic);
    if (vector === 0 && apic.irr !== 0) this.cite('hidden-interrupt-for-l1-waits');
    if (universe.has(apic.irr, nestedNotificationVector)) this.cite('nested-notification-obeys-l1-priority');
    return vector;
  }

  isNotification(vector: number): boolean {
    return vector === nestedNotificationVector;
  }

  /** "taken out of IRR of L1, and posted-interrupt processing happens for L2, without an exit to L1" */
  consume(state: State, evaluates: boolean): State {
    this.cite('nested-notification-is-consumed');
    this.cite('nested-notification-pending-at-entry');
    const { notification } = this.parts;
    const taken = this.takeNotification(state);
    const { nested } = taken;
    const processed = this.processForL2(evaluates ? notification.process(nested) : notification.take(nested));
    return {
      ...withNested(taken, { ...nested, ...processed }),
      effects: { ...taken.effects, consumed: 1 },
    };
  }

  /** "ISR and PPR of L1 do not change" */
  takeNotification(state: State): State {
    const vcpu = state.vcpus[0];
    const irr = universe.without(vcpu.apic.irr, nestedNotificationVector);
    return withVcpu(state, 0, { ...vcpu, apic: { ...vcpu.apic, irr } });
  }

  /** "moves PIR of its descriptor into VIRR of its page, and raises RVI to the highest bit found" */
  processForL2<T>(processed: T): T {
    this.cite('nested-processing-fills-the-page-of-l2');
    return processed;
  }

  /** "exit to L1 with reason 1, moves from IRR to ISR of L1, and stands in the exit interruption information" */
  interruptL1(state: State, vector: number): State {
    this.cite('interrupt-for-l1-exits-acknowledged');
    const vcpu = state.vcpus[0];
    const apic = this.parts.localApic.acknowledge(vcpu.apic, vector);
    const acknowledged = withVcpu(state, 0, { ...vcpu, apic });
    return this.exitToL1(acknowledged, exitReasons.externalInterrupt, externalInterrupt(vector));
  }

  exitToL1(state: State, reason: number, interruption: number): State {
    const exit = { ...state.exit, l1Reason: (0x8000_0000 | reason) >>> 0, l1Interruption: interruption };
    return this.enterL1({ ...state, exit });
  }

  /** L1 runs again. Nothing is injected. */
  enterL1(state: State): State {
    const { entry, exits } = this.parts;
    const { nested } = state;
    const vcpu = state.vcpus[0];
    const left = withNested(state, { ...nested, virtual: exits.unrecognized(nested.virtual) });
    const core = { ...vcpu.core, l2: false, interruptFlag: this.interruptFlagOfL1(), blocking: 'none' as const };
    const running = withVcpu(left, 0, { ...vcpu, core });
    const synced = entry.synced(entry.published(running, 0), 0);
    return entry.vmEntry(this.restoreSvi(entry.requestExits(synced, 0)), 0);
  }

  /** "After an exit to L1 IF is 0" */
  interruptFlagOfL1(): boolean {
    this.cite('l1-starts-with-interrupts-off');
    return false;
  }

  /** "SVI and RVI are those of L1: what was acknowledged for the exit is in service" */
  restoreSvi(state: State): State {
    const vcpu = state.vcpus[0];
    if (!vcpu.virtual.apicv) return state;
    this.cite('acknowledged-vector-reaches-svi');
    return withVcpu(state, 0, { ...vcpu, virtual: { ...vcpu.virtual, svi: universe.max(vcpu.apic.isr) } });
  }

  /** L2 executes VMCALL. */
  vmcall(state: State): State {
    return this.exitToL1(withCore(state, 0, { blocking: 'none' }), exitReasons.vmcall, 0);
  }

  /** Another agent of L1 posts for L2. */
  post(state: State, vector: number): State {
    const { descriptor } = state.nested;
    const posted = withNested(state, {
      ...state.nested,
      descriptor: { ...descriptor, pir: universe.with(descriptor.pir, vector), on: true },
    });
    return { ...accepted(posted, vector, 2), reply: { value: Number(!descriptor.on) } };
  }
}
