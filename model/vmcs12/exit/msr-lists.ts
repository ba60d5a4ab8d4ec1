import { msrLists } from '../../../spec/vmcs12/universe.ts';
import { Part } from '../part.ts';
import type { Vmcs12State as State } from '../state.ts';
import { fieldOf, withL2 } from '../update.ts';

/** The lists of MSRs in L1's memory. */
export class MsrLists extends Part {
  /** "the values of L2, as many as the count says, before host state is loaded" */
  storeAtExit(state: State): State {
    const count = fieldOf(state, 'exitMsrStoreCount');
    if (count === 0) return state;
    this.cite('msr-store-sees-l2');
    const { sysenterCs, pat } = state.l2;
    return { ...state, msrStore: { sysenterCs, pat: count > 1 ? pat : state.msrStore.pat } };
  }

  /** "The VM-exit MSR-load list is loaded after host state." */
  loadAtExit(state: State): State {
    if (fieldOf(state, 'exitMsrLoadCount') === 0) return state;
    this.cite('msr-load-overrides-host-state');
    return { ...state, l1: { ...state.l1, pat: msrLists.exitLoad[0].value } };
  }

  /** The second MSR of the list is IA32_FS_BASE, which may not stand there. */
  cannotLoadAtEntry(state: State): boolean {
    return fieldOf(state, 'entryMsrLoadCount') > 1;
  }

  /** "the MSRs of the VM-entry MSR-load list come after them" */
  loadAtEntry(state: State): State {
    if (fieldOf(state, 'entryMsrLoadCount') === 0) return state;
    return withL2(state, { sysenterEsp: msrLists.entryLoad[0].value });
  }
}
