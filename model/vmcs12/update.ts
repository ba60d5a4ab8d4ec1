import type { VmcsFieldName } from '../../spec/vmcs12/fields.ts';
import type { ControlBit } from '../../spec/vmcs12/universe.ts';
import { accessRights, any, cr0, efer } from './bits.ts';
import { outcomes, type L0, type L2, type Segment, type Vmcs12State } from './state.ts';
import { has, read, written, type FieldValues, type Vmcs } from './vmcs.ts';

type State = Vmcs12State;

/** The current VMCS. Only where there is one. */
export const vmcsOf = (state: State): Vmcs => state.vmcss[state.platform.current];

/** Value of a field of the current VMCS. */
export const fieldOf = (state: State, name: VmcsFieldName): number => read(vmcsOf(state), name);

/** Whether a control of the current VMCS is 1. */
export const controls = (state: State, control: ControlBit): boolean => has(vmcsOf(state), control);

/** With another current VMCS. */
export const withVmcs = (state: State, vmcs: Vmcs): State => ({
  ...state,
  vmcss: state.platform.current === 0 ? [vmcs, state.vmcss[1]] : [state.vmcss[0], vmcs],
});

/** With other fields in the current VMCS. */
export const withFields = (state: State, values: FieldValues, masks: FieldValues = {}): State =>
  withVmcs(state, written(vmcsOf(state), values, masks));

/** With other registers of L2. */
export const withL2 = (state: State, change: Partial<L2>): State => ({ ...state, l2: { ...state.l2, ...change } });

/** With another state of L0. */
export const withL0 = (state: State, change: Partial<L0>): State => ({ ...state, l0: { ...state.l0, ...change } });

/** With an outcome of the event. */
export const withOutcome = (state: State, outcome: keyof typeof outcomes): State => ({
  ...state,
  step: { ...state.step, outcome: outcomes[outcome] },
});

/** "A segment is unusable if bit 16 of its access rights is 1." */
export const isUnusable = ({ accessRights: rights }: Pick<Segment, 'accessRights'>): boolean =>
  any(rights, accessRights.unusable);

/** IA32_EFER.LMA of L2. */
export const isLongMode = ({ efer: value }: Pick<L2, 'efer'>): boolean => any(value, efer.lma);

/** 64-bit mode: IA32_EFER.LMA and CS.L. */
export const is64BitMode = (l2: L2): boolean => isLongMode(l2) && any(l2.cs.accessRights, accessRights.long);

/** PAE paging: paging outside IA-32e mode, as CR4.PAE is always 1. */
export const isPaePaging = (cr0OfL2: number, eferOfL2: number): boolean =>
  any(cr0OfL2, cr0.pg) && !any(eferOfL2, efer.lma);
