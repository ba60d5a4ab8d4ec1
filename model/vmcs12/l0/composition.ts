import { Part } from '../part.ts';
import type { Vmcs12State as State } from '../state.ts';
import { fieldOf, vmcsOf, withL0 } from '../update.ts';

/** Values that L0 has for itself. */
export const own = {
  tscOffset: 0x10_0000,
  /** External-interrupt exiting, NMI exiting, virtual NMIs. */
  pinControls: (1 << 0) | (1 << 3) | (1 << 5),
  /** TSC offsetting, use MSR bitmaps. */
  processorControls: (1 << 3) | (1 << 28),
  linkPointer: 0xffff_fffe,
  eptp: 0x9_001e,
  vpid: 2,
} as const;

/** The VMCS that L0 composes from its own and from that of L1, and under which L2 runs. */
export class Composition extends Part {
  /** What an entry puts into the third VMCS. None of it is ever copied back. */
  compose(state: State): State {
    if (!state.machine.isNested) return state;
    return withL0(state, {
      vmcs12AtEntry: vmcsOf(state),
      vmcs02: {
        ...state.l0.vmcs02,
        tscOffset: (fieldOf(state, 'tscOffset') + own.tscOffset) >>> 0,
        pinControls: fieldOf(state, 'pinControls') | own.pinControls,
        processorControls: fieldOf(state, 'processorControls') | own.processorControls,
        linkPointer: own.linkPointer,
        eptp: own.eptp,
        vpid: own.vpid,
        instructionError: 0,
      },
    });
  }
}
