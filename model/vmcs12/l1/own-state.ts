import type { Skip } from '../../../spec/contract.ts';
import { msrs, operands, optionalMsrs } from '../../../spec/vmcs12/universe.ts';
import { Part } from '../part.ts';
import { skips } from '../skips.ts';
import type { Obstacle, Vmcs12State as State } from '../state.ts';

/** L1's memory, and registers of L1 that a VM entry can leave alone. */
export class OwnState extends Part {
  msrBitmap(state: State, msr: string, on: boolean): State {
    const { memory } = state;
    return { ...state, memory: { ...memory, msrBitmap: { ...memory.msrBitmap, [msr]: on } } };
  }

  obstruct(state: State, obstacle: Obstacle): State {
    return { ...state, memory: { ...state.memory, obstacle } };
  }

  set(state: State, register: 'pat' | 'dr7' | 'debugctl' | 'bndcfgs', value: number): State | Skip {
    switch (register) {
      case 'pat':
        return { ...state, l1: { ...state.l1, pat: msrs.pat.values[value] } };
      case 'dr7':
        return { ...state, l1: { ...state.l1, dr7: operands.dr7[value] } };
      case 'debugctl':
        return { ...state, l1Debugctl: { value: optionalMsrs.debugctl.values[value] } };
      case 'bndcfgs':
        if (!state.machine.config.mpx) return skips.absent;
        return { ...state, l1Bndcfgs: { value: optionalMsrs.bndcfgs.values[value] } };
      default:
        return register satisfies never;
    }
  }
}
