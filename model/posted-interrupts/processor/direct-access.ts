import type { PostedInterruptsEvent } from '../../../spec/posted-interrupts/alphabet.ts';
import { exitReasons } from '../../../spec/posted-interrupts/universe.ts';
import { classOf } from '../../local-apic/index.ts';
import { universe, type PhysicalName } from '../machine.ts';
import { Part } from '../part.ts';
import type { Core, Descriptor, PostedInterruptsState as State, VirtualApic, VirtualCpu } from '../state.ts';
import { signalled, withVcpu } from '../update.ts';

/** What a VM entry asks for. */
export type EntryRequest = Omit<Extract<PostedInterruptsEvent, { kind: 'vmEntry' }>, 'kind'>;

/** Profile `arch`: the page, the VMCS and the descriptor are written directly. Memory is memory; nothing is evaluated. */
export class DirectAccess extends Part {
  private with(state: State, change: Partial<VirtualCpu>): State {
    return withVcpu(state, 0, { ...state.vcpus[0], ...change });
  }

  setPending(state: State, vector: number, on: boolean): State {
    this.cite('evaluation-has-five-causes');
    const { apic } = state.vcpus[0];
    const irr = on ? universe.with(apic.irr, vector) : universe.without(apic.irr, vector);
    return this.with(state, { apic: { ...apic, irr } });
  }

  setInService(state: State, vector: number, on: boolean): State {
    const { apic } = state.vcpus[0];
    const isr = on ? universe.with(apic.isr, vector) : universe.without(apic.isr, vector);
    return this.with(state, { apic: { ...apic, isr } });
  }

  setPriority(state: State, tpr: number): State {
    this.cite('ppr-virtualization-has-three-causes');
    return this.with(state, { apic: { ...state.vcpus[0].apic, tpr } });
  }

  setVirtual(state: State, change: Partial<VirtualApic>): State {
    return this.with(state, { virtual: { ...state.vcpus[0].virtual, ...change } });
  }

  setEoiExit(state: State, vector: number, on: boolean): State {
    const { eoiExit } = state.vcpus[0].virtual;
    return this.setVirtual(state, {
      eoiExit: on ? universe.with(eoiExit, vector) : universe.without(eoiExit, vector),
    });
  }

  setDescriptor(state: State, change: Partial<Descriptor>): State {
    return this.with(state, { descriptor: { ...state.vcpus[0].descriptor, ...change } });
  }

  setPir(state: State, vector: number): State {
    return this.setDescriptor(state, { pir: universe.with(state.vcpus[0].descriptor.pir, vector) });
  }

  signal(state: State, physical: PhysicalName): State {
    return signalled(state, 0, physical);
  }

  /** Whether VM entry checks would fail. */
  fails(state: State, { interruptFlag, blocking, activity }: EntryRequest): boolean {
    if (activity === 'hlt' && blocking !== 'none') return true;
    if (blocking === 'sti' && !interruptFlag) return true;
    return state.machine.isX2apic && this.isBelowThreshold(state);
  }

  private isBelowThreshold(state: State): boolean {
    const { apic, virtual } = state.vcpus[0];
    return !virtual.apicv && virtual.threshold > classOf(apic.tpr);
  }

  vmEntry(state: State, { interruptFlag, blocking, activity }: EntryRequest): State {
    const vcpu = state.vcpus[0];
    const core: Core = { ...vcpu.core, interruptFlag, blocking, halted: activity === 'hlt' };
    const inGuest = this.with(state, { core, schedule: { ...vcpu.schedule, mode: 1 } });
    if (this.isBelowThreshold(inGuest)) return this.exitBelowThreshold(inGuest);
    const guest = inGuest.vcpus[0];
    const entered = vcpu.virtual.apicv ? this.with(inGuest, this.parts.virtualInterrupts.vmEntry(guest)) : inGuest;
    return this.parts.eventDelivery.boundary(entered, 0);
  }

  /** "VM entry with VTPR[7:4] below the threshold exits at once with reason 43" */
  exitBelowThreshold(state: State): State {
    this.cite('entry-below-threshold-exits');
    return this.parts.exits.exit(state, 0, { reason: exitReasons.tprBelowThreshold });
  }

  vmExit(state: State): State {
    return this.parts.exits.exit(state, 0, { reason: exitReasons.preemptionTimer });
  }
}
