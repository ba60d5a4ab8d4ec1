import * as field from './field-numbers.ts';
import { none, type Machine } from './machine.ts';
import { openIfUnusable, undefinedBit, type Vmcs } from './vmcs.ts';
import { unusable } from './bits.ts';

/**
 * Guest state that is rarely needed: an exit leaves it where the processor has it, and it reaches the VMCS in memory
 * when L1 asks for it, enters, or goes to another VMCS. No control gates any of it, so that L1 can write controls in the
 * meantime.
 */
const lazyFields = Uint8Array.of(
  field.dsSelector,
  field.dsBase,
  field.dsLimit,
  field.dsAccessRights,
  field.fsSelector,
  field.fsBase,
  field.fsLimit,
  field.fsAccessRights,
  field.ldtrSelector,
  field.ldtrBase,
  field.ldtrLimit,
  field.ldtrAccessRights,
  field.gdtrBase,
  field.gdtrLimit,
  field.idtrBase,
  field.idtrLimit,
  field.sysenterCs,
  field.sysenterEsp,
);

const isLazy = new Uint8Array(field.fieldCount);
for (const number of lazyFields) isLazy[number] = 1;

/** Base and limit of a segment are undefined after an exit if it is unusable, and defined if it is not. */
export function openUnusable(vmcs: Vmcs, accessRights: number): void {
  const bits = openIfUnusable[accessRights];
  if ((vmcs.fields[accessRights] & unusable) !== 0) vmcs.undefinedFields |= bits;
  else vmcs.undefinedFields &= ~bits;
}

/** Brings lazy fields into memory, where they are newer in hardware. */
export function fetch(m: Machine): void {
  if (!m.heldIsNewer) return;
  m.heldIsNewer = false;
  const { hardware } = m;
  const vmcs = m.slots[m.heldSlot];
  const { fields } = vmcs;
  for (let i = 0; i < lazyFields.length; i++) fields[lazyFields[i]] = hardware[lazyFields[i]];
  openUnusable(vmcs, field.dsAccessRights);
  openUnusable(vmcs, field.fsAccessRights);
  openUnusable(vmcs, field.ldtrAccessRights);
}

/** A field of the current VMCS, wherever its value is: what VMREAD gives, and what is shown. */
export const read = (m: Machine, number: number): number =>
  m.heldIsNewer && isLazy[number] !== 0 && m.heldSlot === m.current ? m.hardware[number] : m.vmcs.fields[number];

/** VMREAD, after which lazy fields need no second way. */
export function fetchAndRead(m: Machine, number: number): number {
  if (isLazy[number] !== 0) fetch(m);
  return read(m, number);
}

/** VMWRITE of any field: what is left in hardware comes first, and is overwritten then. */
export function write(m: Machine, number: number, value: number): void {
  if (isLazy[number] !== 0 && m.heldSlot === m.current) {
    fetch(m);
    m.heldSlot = none;
  }
  const { vmcs } = m;
  vmcs.undefinedFields &= ~undefinedBit[number];
  put(m, number, value);
}

/** A field of the current VMCS that is not lazy takes a value, and shows it. */
export function put(m: Machine, number: number, value: number): void {
  m.vmcs.fields[number] = value;
  m.words[m.layout.wordOf[number]] = value;
}

/** An entry: lazy fields that hardware still holds as they should be are not loaded again. */
export function loadLazy(m: Machine): void {
  fetch(m);
  if (m.heldSlot === m.current) return;
  m.heldSlot = m.current;
  const { hardware } = m;
  const { fields } = m.vmcs;
  for (let i = 0; i < lazyFields.length; i++) hardware[lazyFields[i]] = fields[lazyFields[i]];
}

/** An exit to L1. */
export function leaveInHardware(m: Machine): void {
  m.heldIsNewer = true;
}
