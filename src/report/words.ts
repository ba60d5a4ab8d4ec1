import type { AnyConfiguration } from '../../spec/alphabet.ts';
import type { Field } from '../../spec/observation.ts';
import type { SystemSpec } from '../../spec/system.ts';
import { idtVectoringWords } from './idt-vectoring-words.ts';
import { nestedVmxWords } from './nested-vmx-words.ts';
import { postedInterruptsWords } from './posted-interrupts-words.ts';
import type { SystemWords } from './system-words.ts';
import { vgicWords } from './vgic-words.ts';
import { vmcs12Words } from './vmcs12-words.ts';

const bySystem: Readonly<Record<string, SystemWords>> = {
  vgic: vgicWords,
  'posted-interrupts': postedInterruptsWords,
  'nested-vmx': nestedVmxWords,
  'idt-vectoring': idtVectoringWords,
  vmcs12: vmcs12Words,
};

/** The words of a system. */
export const wordsOf = (system: string): SystemWords => bySystem[system] ?? {};

/** `0x0000001f`. */
export const hex = (value: number): string => `0x${(value >>> 0).toString(16).padStart(8, '0')}`;

/** The names of the bits that are set: `{34 35}`. */
export function bitSet(value: number, names: readonly string[]): string {
  const set = [];
  for (let bit = 0; bit < 32; bit++) if ((value >>> bit) & 1) set.push(names[bit] ?? `bit${bit}`);
  return `{${set.join(' ')}}`;
}

/** A field as its declaration says: `misr 0x00000002`, `pending {34 35}`. */
export function readField(
  spec: SystemSpec,
  at: { readonly section: string; readonly field: string },
  value: number,
  against: readonly number[],
  config: AnyConfiguration,
): string {
  const reader = wordsOf(spec.name).fields?.[at.section]?.[at.field];
  if (reader) return reader(value, against, config);
  const field: Field | undefined = spec.observation[at.section]?.fields[at.field];
  switch (field?.format) {
    case 'bits':
      return `${at.field} ${bitSet(value, field.bits ?? [])}`;
    case 'decimal':
      return `${at.field} ${value}`;
    case 'hex':
    case undefined:
      return `${at.field} ${hex(value)}`;
  }
}
