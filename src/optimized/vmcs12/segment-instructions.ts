import { fieldSpec } from '../../../spec/vmcs12/fields.ts';
import { descriptors, lengths, tables } from '../../../spec/vmcs12/universe.ts';
import { loadCs } from './delivery.ts';
import * as field from './field-numbers.ts';
import { begins, complete, movSsShadow } from './instruction.ts';
import type { Machine } from './machine.ts';
import { in64BitMode, inShadow, longModeActive, stepsBranches } from './mode.ts';

/** Selector fields by the places of the alphabet's segments, each followed by base, limit and access rights. */
const segments = [
  [field.dsSelector, field.dsBase, field.dsLimit, field.dsAccessRights],
  [field.ssSelector, field.ssBase, field.ssLimit, field.ssAccessRights],
  [field.fsSelector, field.fsBase, field.fsLimit, field.fsAccessRights],
  [field.ldtrSelector, field.ldtrBase, field.ldtrLimit, field.ldtrAccessRights],
] as const;
const ss = 1;
const ldtr = 3;

const selectors = (['dsSelector', 'ssSelector', 'fsSelector', 'ldtrSelector'] as const).map(
  (name): readonly number[] => fieldSpec(name).values,
);

export function loadSegment(m: Machine, segment: number, index: number): boolean {
  if (!begins(m) || index >= selectors[segment].length) return false;
  const selector = selectors[segment][index];
  if (segment === ss && (inShadow(m) || (selector === 0 && !in64BitMode(m)))) return false;
  const { hardware } = m;
  const [selectorField, base, limit, accessRights] = segments[segment];
  const descriptor = descriptors[selector as keyof typeof descriptors];
  hardware[selectorField] = selector;
  hardware[base] = descriptor.base;
  hardware[limit] = descriptor.limit;
  hardware[accessRights] = descriptor.accessRights;
  return complete(m, segment === ldtr ? lengths.lldt : lengths.loadSegment, segment === ss ? movSsShadow : 0);
}

export function farJump(m: Machine, selector: number): boolean {
  if (!begins(m) || (selector === 0x08 && !longModeActive(m)) || stepsBranches(m)) return false;
  loadCs(m, selector as 0x08 | 0x18);
  return complete(m, lengths.farJump);
}

export function loadGdt(m: Machine, index: number): boolean {
  if (!begins(m)) return false;
  m.hardware[field.gdtrBase] = tables.gdt[index].base;
  m.hardware[field.gdtrLimit] = tables.gdt[index].limit;
  return complete(m, lengths.descriptorTable);
}

export function loadIdt(m: Machine, index: number): boolean {
  if (!begins(m)) return false;
  m.hardware[field.idtrBase] = tables.idt[index].base;
  m.hardware[field.idtrLimit] = tables.idt[index].limit;
  return complete(m, lengths.descriptorTable);
}
