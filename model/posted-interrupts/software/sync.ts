import type { VectorSet } from '../../local-apic/index.ts';
import { universe } from '../machine.ts';
import { Part } from '../part.ts';
import type { PostedInterruptsState as State, VirtualCpu } from '../state.ts';
import { runsL2, withVcpu } from '../update.ts';

/** Software takes what is posted: what it does in each of its steps, and all of them at once. */
export class Sync extends Part {
  sync(state: State, v: number): State {
    if (!state.machine.canPost) return state;
    return this.finish(state, v, this.isAnnounced(state.vcpus[v]));
  }

  /** The transfer, if something is announced, and RVI. */
  finish(state: State, v: number, isAnnounced: boolean): State {
    const vcpu = state.vcpus[v];
    const taken = isAnnounced ? this.exchange(this.clearOn(vcpu), vcpu.descriptor.pir) : vcpu;
    return withVcpu(state, v, this.writesRvi(state, v) ? this.writeRvi(taken) : taken);
  }

  /** "With ON 0 software leaves PIR alone." */
  isAnnounced({ descriptor }: VirtualCpu): boolean {
    this.cite(descriptor.on ? 'sync-moves-pir-into-irr' : 'sync-without-on-moves-nothing');
    if (descriptor.on) this.cite('sync-ignores-masking');
    return descriptor.on;
  }

  /** "ON is cleared before PIR is read; a post in between sets ON again." */
  clearOn(vcpu: VirtualCpu): VirtualCpu {
    this.cite('sync-clears-on-before-pir');
    return { ...vcpu, descriptor: { ...vcpu.descriptor, on: false } };
  }

  /** Moves some of PIR into IRR: "Each word of PIR is read and cleared in one access." */
  exchange(vcpu: VirtualCpu, vectors: VectorSet): VirtualCpu {
    this.cite('sync-exchanges-each-word');
    const { apic, descriptor } = vcpu;
    const found = descriptor.pir & vectors;
    if (found === 0) return vcpu;
    return {
      ...vcpu,
      apic: { ...apic, irr: apic.irr | found },
      descriptor: { ...descriptor, pir: descriptor.pir & ~vectors },
    };
  }

  /** Whether RVI is that of this virtual CPU: "with APICv off … writes no RVI"; with L2 it "leaves … alone". */
  writesRvi(state: State, v: number): boolean {
    const { apicv } = state.vcpus[v].virtual;
    if (!apicv) this.cite('sync-with-apicv-off');
    if (runsL2(state, v)) this.cite('sync-leaves-rvi-of-l2');
    return apicv && !runsL2(state, v);
  }

  /** "sync writes the highest bit of IRR to RVI, 0 if there is none, whether or not ON was set" */
  writeRvi(vcpu: VirtualCpu): VirtualCpu {
    this.cite('sync-writes-rvi');
    const rvi = universe.max(vcpu.apic.irr);
    return rvi === vcpu.virtual.rvi ? vcpu : { ...vcpu, virtual: { ...vcpu.virtual, rvi } };
  }
}
