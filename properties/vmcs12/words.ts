import { fieldNames, fields, type VmcsFieldName } from '../../spec/vmcs12/fields.ts';
import { observation } from '../../spec/vmcs12/observation.ts';
import { controlBits, optionalControlBits, type ControlBit } from '../../spec/vmcs12/universe.ts';

/** Name of a section of the observation. */
export type SectionName = keyof typeof observation;

/** A word of the observation by its name, `l2.rip`. Every section stands once at the most. */
export type WordName = {
  [S in SectionName]: `${S}.${Extract<keyof (typeof observation)[S]['fields'], string>}`;
}[SectionName];

/** Every word: section and field. */
export const words: readonly (readonly [section: SectionName, field: string])[] = Object.entries(observation).flatMap(
  ([section, { fields: inside }]) => Object.keys(inside).map((field) => [section as SectionName, field] as const),
);

const places: Readonly<Record<string, number>> = Object.fromEntries(
  words.map(([section, field], place) => [`${section}.${field}`, place]),
);

/** Where a word is in {@link words}. */
export function placeOf(name: WordName): number {
  const place = places[name];
  if (place === undefined) throw new RangeError(`the observation has no ${name}`);
  return place;
}

/** Where each field of the VMCS is in {@link words}, in the order of the fields. */
export const fieldPlaces: readonly number[] = fieldNames.map((name) => places[`${fields[name].group}.${name}`]!);

/** Number of each field. */
export const fieldNumbers = Object.fromEntries(fieldNames.map((name, number) => [name, number])) as Readonly<
  Record<VmcsFieldName, number>
>;

/** Field and bit of each control. */
export const controlPlaces = { ...controlBits, ...optionalControlBits } as Readonly<
  Record<ControlBit, { readonly field: VmcsFieldName; readonly bit: number }>
>;

/** The groups of fields that every implementation shows. */
export const commonGroups = [
  'registers',
  'segments',
  'tables',
  'msrs',
  'nonRegister',
  'exitInformation',
  'instructionError',
  'entryEvent',
  'controls',
  'masks',
  'otherControls',
  'host',
] as const satisfies readonly SectionName[];

/** The groups that a small implementation may lack. */
export const otherGroups = [
  'debugctl',
  'bndcfgs',
  'perfGlobal',
  'pendingDebug',
  'timer',
  'pdptes',
  'interruptStatus',
  'pml',
] as const satisfies readonly SectionName[];

/** All groups of fields. */
export const allGroups = [...commonGroups, ...otherGroups] as const;
