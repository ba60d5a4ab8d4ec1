import type { Chips, Guest, Hypervisor, NestedState, Physical, Vmcs, Vmcs12 } from './state.ts';

/** With other chips of L1. */
export const withChips = (state: NestedState, change: Partial<Chips>): NestedState => ({
  ...state,
  chips: { ...state.chips, ...change },
});

/** With other things that L0 keeps. */
export const withL0 = (state: NestedState, change: Partial<Hypervisor>): NestedState => ({
  ...state,
  l0: { ...state.l0, ...change },
});

/** With other things waiting at the physical processor. */
export const withPhysical = (state: NestedState, change: Partial<Physical>): NestedState => ({
  ...state,
  physical: { ...state.physical, ...change },
});

/** With another VMCS that L1 keeps. */
export const with12 = (state: NestedState, change: Partial<Vmcs12>): NestedState => ({
  ...state,
  vmcs12: { ...state.vmcs12, ...change },
});

/** The VMCS that is current: 02 while L2 runs, else 01. */
export const currentOf = (state: NestedState): Vmcs => (state.runsL2 ? state.vmcs02 : state.vmcs01);

/** With another current VMCS. */
export const withCurrent = (state: NestedState, change: Partial<Vmcs>): NestedState =>
  state.runsL2
    ? { ...state, vmcs02: { ...state.vmcs02, ...change } }
    : { ...state, vmcs01: { ...state.vmcs01, ...change } };

/** With another guest in the current VMCS. */
export const withGuest = (state: NestedState, change: Partial<Guest>): NestedState =>
  withCurrent(state, { guest: { ...currentOf(state).guest, ...change } });
