import { universe } from '../machine.ts';
import { Part } from '../part.ts';
import type { Descriptor, PostedInterruptsState as State } from '../state.ts';
import { accepted, physicalNamed, sent, takerOn, withDescriptor } from '../update.ts';

/** The IOMMU posts for the assigned device, in one atomic access. */
export class Iommu extends Part {
  /** "sets the bit in PIR, decides on ON, and sets it, in one atomic read-modify-write" */
  post(state: State, v: number, vector: number, urgent: boolean): State {
    this.cite('device-post-is-one-access');
    this.cite('device-post-asks-no-software');
    const { descriptor } = state.vcpus[v];
    const pir = universe.with(descriptor.pir, vector);
    const taken = accepted(state, vector, takerOn(v, false));
    if (!this.notifies(descriptor, urgent)) return withDescriptor(taken, v, { pir });
    return this.notify(withDescriptor(taken, v, { pir, on: true }), v);
  }

  /** "If ON is 0, and SN is 0 or the post is urgent, a device post sets ON and sends one notification" */
  notifies({ on, sn }: Descriptor, urgent: boolean): boolean {
    this.cite('device-post-sets-on-and-notifies');
    if (sn && !urgent) this.cite('suppressed-device-post-leaves-on');
    return !on && (urgent || !sn);
  }

  /** "the vector in NV, sent to the physical CPU in NDST" */
  notify(state: State, v: number): State {
    this.cite('device-notifies-ndst-with-nv');
    const { nv, ndst } = state.vcpus[v].descriptor;
    return sent(state, this.parts.scheduling.pcpuIn(state, ndst), physicalNamed(nv));
  }
}
