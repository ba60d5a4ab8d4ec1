import { alphabet } from '../../../spec/vmcs12/alphabet.ts';
import { fieldNames, fieldsByClass, fieldSpec, type VmcsFieldName } from '../../../spec/vmcs12/fields.ts';
import { injections, instructionErrors, operands } from '../../../spec/vmcs12/universe.ts';
import * as control from './controls.ts';
import * as field from './field-numbers.ts';
import { valueWord } from './layout.ts';
import { fetch, fetchAndRead, write } from './lazy-fields.ts';
import { dirtyFields, dirtyL1, none, type Machine } from './machine.ts';
import { firstOptional, msrExists, valueOfMsr } from './msr-instructions.ts';
import * as l1 from './registers-of-l1.ts';
import { failInvalid, failValid, succeed } from './vmx-results.ts';

const numbersOf = (fields: Readonly<Record<string, unknown>>): Uint8Array =>
  Uint8Array.from(Object.keys(fields), (name) => fieldNames.indexOf(name as VmcsFieldName));
const values = fieldNames.map((name) => fieldSpec(name).values);

export function vmread(m: Machine, number: number): boolean {
  if (m.l2Runs) return false;
  if (m.current === none) return failInvalid(m);
  if (number === field.bndcfgs && !m.mpx) return failValid(m, instructionErrors.unsupportedField);
  m.words[valueWord] = fetchAndRead(m, number);
  return succeed(m);
}

/** VMWRITE of one of some fields, `place` among them. */
export const vmwriteOf = (fields: Readonly<Record<string, unknown>>) => {
  const numbers = numbersOf(fields);
  const isExitInformation = fields === fieldsByClass.exitInformation;
  return (m: Machine, place: number, index: number): boolean => {
    const number = numbers[place];
    if (m.l2Runs || index >= values[number].length) return false;
    if (m.current === none) return failInvalid(m);
    if (number === field.bndcfgs && !m.mpx) return failValid(m, instructionErrors.unsupportedField);
    if (isExitInformation && !m.writesExitInformation) return failValid(m, instructionErrors.readOnlyField);
    write(m, number, values[number][index]);
    return succeed(m);
  };
};

/** VMREAD and VMWRITE that change one bit. */
export const controlOf =
  (controls: readonly number[]) =>
  (m: Machine, place: number, on: number): boolean => {
    if (m.l2Runs) return false;
    if (m.current === none) return failInvalid(m);
    const number = control.fieldOf(controls[place]);
    const bit = control.maskOf(controls[place]);
    const { fields } = m.vmcs;
    write(m, number, on === 0 ? fields[number] & ~bit : fields[number] | bit);
    return succeed(m);
  };

const toInject: readonly { readonly information: number; readonly errorCode?: number; readonly length?: number }[] =
  Object.values(injections);

export function inject(m: Machine, place: number): boolean {
  if (m.l2Runs) return false;
  if (m.current === none) return failInvalid(m);
  const { information, errorCode, length } = toInject[place];
  write(m, field.entryInterruption, information);
  if (errorCode !== undefined) write(m, field.entryErrorCode, errorCode);
  if (length !== undefined) write(m, field.entryLength, length);
  return succeed(m);
}

const bitmapFrom =
  (first: number) =>
  (m: Machine, place: number, on: number): boolean => {
    if (m.l2Runs) return false;
    const bit = 1 << (first + place);
    m.msrBitmap = on === 0 ? m.msrBitmap & ~bit : m.msrBitmap | bit;
    return true;
  };
export const msrBitmap = bitmapFrom(0);
export const msrBitmapOptional = bitmapFrom(firstOptional);

const obstructFrom =
  (first: number) =>
  (m: Machine, place: number): boolean => {
    if (m.l2Runs) return false;
    m.obstacle = first + place;
    return true;
  };
export const obstruct = obstructFrom(1);
export const obstructOptional = obstructFrom(1 + alphabet.obstruct.args.by.values.length);

/** "VMCLEAR makes the launch state clear, after which the VMCS is not current." */
export function vmclear(m: Machine, slot: number): boolean {
  if (m.l2Runs) return false;
  if (slot === m.heldSlot) fetch(m);
  m.launched &= ~(1 << slot);
  if (slot === m.current) {
    m.current = none;
    m.dirty |= dirtyFields;
  }
  return succeed(m);
}

export function vmptrld(m: Machine, slot: number): boolean {
  if (m.l2Runs) return false;
  if (slot !== m.heldSlot) fetch(m);
  m.current = slot;
  m.vmcs = m.slots[slot];
  m.dirty |= dirtyFields;
  return succeed(m);
}

// Registers by their places in the domains of `set` and `setOptional`; MSRs by those of their tables.
const pat = 0;
const debugctl = 0;

export function set(m: Machine, register: number, index: number): boolean {
  if (m.l2Runs) return false;
  if (register === pat) m.l1[l1.pat] = valueOfMsr(0, index);
  else m.l1[l1.dr7] = operands.dr7[index];
  m.dirty |= dirtyL1;
  return true;
}

export function setOptional(m: Machine, register: number, index: number): boolean {
  if (m.l2Runs || !msrExists(m, firstOptional + register)) return false;
  m.l1[register === debugctl ? l1.debugctl : l1.bndcfgs] = valueOfMsr(firstOptional + register, index);
  m.dirty |= dirtyL1;
  return true;
}
