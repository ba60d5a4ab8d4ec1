import { physicalVectors } from '../../../spec/posted-interrupts/universe.ts';
import { Part } from '../part.ts';
import type { Descriptor, PostedInterruptsState as State } from '../state.ts';
import { withDescriptor, withSchedule } from '../update.ts';

/** Virtual CPUs are put on physical CPUs and taken off them. */
export class Scheduling extends Part {
  load(state: State, v: number, p: number): State {
    const loaded = withSchedule(state, v, { loaded: true, pcpu: p });
    return state.machine.canPost ? this.recheck(this.restoreControl(this.unlist(loaded, v), v), v) : loaded;
  }

  /** "takes the virtual CPU off the list that it is on …, whatever has happened to the device since" */
  unlist(state: State, v: number): State {
    this.cite('load-undoes-what-block-did');
    return withSchedule(state, v, { list: 0 });
  }

  /** "SN := 0, NDST := the new physical CPU and NV := the notification vector, in one access" */
  restoreControl(state: State, v: number): State {
    this.cite('load-restores-the-control-word');
    this.cite('load-undoes-what-block-did');
    return withDescriptor(state, v, this.controlAfterLoad(state, v));
  }

  controlAfterLoad(state: State, v: number): Pick<Descriptor, 'sn' | 'nv' | 'ndst'> {
    this.cite('ndst-changes-outside-the-guest');
    return { sn: false, nv: physicalVectors.posted, ndst: this.ndstOf(state, state.vcpus[v].schedule.pcpu) };
  }

  recheck(state: State, v: number): State {
    return this.announcesAfterLoad(state.vcpus[v].descriptor) ? this.announce(state, v) : state;
  }

  /** "After SN is cleared at scheduling in, ON is set if PIR is not empty." */
  announcesAfterLoad({ pir }: Descriptor): boolean {
    this.cite('recheck-after-sn');
    return pir !== 0;
  }

  announce(state: State, v: number): State {
    return withDescriptor(state, v, { on: true });
  }

  unload(state: State, v: number, preempted: boolean): State {
    this.cite('sn-is-set-on-preemption-only');
    return this.deschedule(preempted ? this.suppress(state, v) : state, v);
  }

  /** "A virtual CPU that is preempted while the device is assigned gets SN 1" */
  suppress(state: State, v: number): State {
    this.cite('sn-is-set-on-preemption-only');
    return state.assigned ? withDescriptor(state, v, { sn: true }) : state;
  }

  deschedule(state: State, v: number): State {
    return withSchedule(state, v, { loaded: false });
  }

  /** NDST of a physical CPU: "the APIC ID with x2APIC, the APIC ID in bits 15:8 with xAPIC" */
  ndstOf({ machine }: State, p: number): number {
    this.cite('descriptor-layout');
    return machine.isX2apic ? p : p << 8;
  }

  /** The physical CPU that an NDST names. */
  pcpuIn({ machine }: State, ndst: number): number {
    return machine.isX2apic ? ndst : ndst >> 8;
  }
}
