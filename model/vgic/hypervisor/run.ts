import { Part } from '../part.ts';
import type { VgicState } from '../state.ts';
import { withCpu, withHardware, withVcpu } from '../update.ts';

/** The scheduler, guest entry and guest exit. */
export class Run extends Part {
  /** Virtual CPU `v` is loaded, and does not run. */
  enter(state: VgicState, v: number): VgicState {
    const { flush, offering } = this.parts;
    return state.machine.isSeed2015 ? offering.enter(state, v) : flush.enter(state, v);
  }

  /** Virtual CPU `v` runs. */
  exit(state: VgicState, v: number): VgicState {
    const { fold, sync } = this.parts;
    return state.machine.isSeed2015 ? sync.exit(state, v) : fold.exit(state, v);
  }

  /** "An entry that is called off after the list registers are filled is folded like any other exit." */
  abort(state: VgicState, v: number): VgicState {
    this.cite('aborted-entry-loses-nothing');
    return this.exit(this.enter(state, v), v);
  }

  /** Puts virtual CPU `v` on physical CPU `p`, both free. */
  load(state: VgicState, v: number, p: number): VgicState {
    const loaded = withVcpu(this.restored(state, v, p), v, { ...state.software.vcpus[v], loadedOn: p });
    return this.parts.timer.load(loaded, v, p);
  }

  /** "writes GICH_VMCR and GICH_APR of the virtual CPU into the interface of the physical CPU" */
  restored(state: VgicState, v: number, p: number): VgicState {
    this.cite('load-restores-mask-and-active-priorities');
    const { vmcr, apr } = state.software.vcpus[v];
    return withHardware(state, withCpu(state.hardware, p, { ...state.hardware.cpus[p], vmcr, apr }));
  }

  /** Takes virtual CPU `v`, which does not run, off its physical CPU. */
  put(state: VgicState, v: number): VgicState {
    const { loadedOn: p } = state.software.vcpus[v];
    const saved = this.saved(state, v, p);
    return this.parts.timer.put(withVcpu(saved, v, { ...saved.software.vcpus[v], loadedOn: -1 }), v, p);
  }

  /** "and put reads them back"; "Put changes neither … of the physical CPU." */
  saved(state: VgicState, v: number, p: number): VgicState {
    this.cite('put-leaves-the-interface-as-it-is');
    const { vmcr, apr } = state.hardware.cpus[p];
    return withVcpu(state, v, { ...state.software.vcpus[v], vmcr, apr });
  }
}
