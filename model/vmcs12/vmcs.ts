import {
  fieldNames,
  fields,
  fieldSpec,
  fieldsOf,
  type FieldGroup,
  type VmcsFieldName,
} from '../../spec/vmcs12/fields.ts';
import { controlBits, optionalControlBits, type ControlBit } from '../../spec/vmcs12/universe.ts';

/** The fields of one group, in the order of the spec; one object as long as none of them changes. */
export interface FieldGroupState {
  readonly values: readonly number[];
  /** Per field, the bits that are defined. */
  readonly defined: readonly number[];
}

/** The fields of a VMCS that L1 keeps for L2. */
export type Vmcs = Readonly<Record<FieldGroup, FieldGroupState>>;

/** Some fields by name. */
export type FieldValues = { readonly [K in VmcsFieldName]?: number };

const allBits = 0xffff_ffff;

/** The groups of fields. */
export const groupNames: readonly FieldGroup[] = [...new Set(fieldNames.map((name) => fields[name].group))];

/** Where each field is: its place in its group. */
const places = Object.fromEntries(
  fieldNames.map((name) => [name, fieldsOf(fields[name].group).indexOf(name)]),
) as Readonly<Record<VmcsFieldName, number>>;

/** The value of a field. */
export const read = (vmcs: Vmcs, name: VmcsFieldName): number => vmcs[fields[name].group].values[places[name]];

/** The bits of a field that are defined. */
export const definedBits = (vmcs: Vmcs, name: VmcsFieldName): number => vmcs[fields[name].group].defined[places[name]];

/** Whether all bits of a field are defined. */
export const isDefined = (vmcs: Vmcs, name: VmcsFieldName): boolean => definedBits(vmcs, name) === allBits;

/**
 * The VMCS with other fields. A value without a mask defines all bits of its field; a mask without a value leaves the
 * value.
 */
export function written(vmcs: Vmcs, values: FieldValues, masks: FieldValues = {}): Vmcs {
  const changed: { -readonly [G in FieldGroup]?: { values: number[]; defined: number[] } } = {};
  const put = (name: VmcsFieldName, value: number, mask: number): void => {
    const { group } = fields[name];
    const place = places[name];
    const now = changed[group] ?? vmcs[group];
    if (now.values[place] === value && now.defined[place] === mask) return;
    const copy = (changed[group] ??= { values: vmcs[group].values.slice(), defined: vmcs[group].defined.slice() });
    copy.values[place] = value;
    copy.defined[place] = mask;
  };
  for (const key in values) {
    const name = key as VmcsFieldName;
    put(name, values[name]! >>> 0, (masks[name] ?? allBits) >>> 0);
  }
  for (const key in masks) {
    const name = key as VmcsFieldName;
    if (!(name in values)) put(name, read(vmcs, name), masks[name]! >>> 0);
  }
  return { ...vmcs, ...changed };
}

/** A VMCS as it is at reset, but for some fields. */
export function vmcsAtReset(values: FieldValues): Vmcs {
  const group = (name: FieldGroup): FieldGroupState => {
    const inside = fieldsOf(name);
    return {
      values: inside.map((field) => values[field] ?? fieldSpec(field).reset ?? fieldSpec(field).values[0] ?? 0),
      defined: inside.map(() => allBits),
    };
  };
  return Object.fromEntries(groupNames.map((name) => [name, group(name)])) as Vmcs;
}

/** What VMREAD shows where there is no current VMCS. */
export const noVmcs: Vmcs = Object.fromEntries(
  groupNames.map((name) => [name, { values: fieldsOf(name).map(() => 0), defined: fieldsOf(name).map(() => allBits) }]),
) as unknown as Vmcs;

/** Field and bit of every control. */
export const allControlBits = { ...controlBits, ...optionalControlBits } as const;

/** Whether a control is 1. */
export const has = (vmcs: Vmcs, control: ControlBit): boolean => {
  const { field, bit } = allControlBits[control];
  return ((read(vmcs, field) >>> bit) & 1) !== 0;
};
