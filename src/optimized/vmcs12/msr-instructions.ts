import { fieldNames, type VmcsFieldName } from '../../../spec/vmcs12/fields.ts';
import { lengths, msrs, optionalMsrs } from '../../../spec/vmcs12/universe.ts';
import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { lma, lme } from './bits.ts';
import * as control from './controls.ts';
import { instructionExit } from './exit.ts';
import * as field from './field-numbers.ts';
import { begins, complete, completeAndExit } from './instruction.ts';
import { msrIntercepted } from './interception.ts';
import type { Machine } from './machine.ts';
import { paging } from './mode.ts';

const all = { ...msrs, ...optionalMsrs };
const names = Object.keys(all) as readonly (keyof typeof all)[];
/** The first place of {@link optionalMsrs} in what is an MSR's place here: that in the MSR bitmap, too. */
export const firstOptional = Object.keys(msrs).length;

const perfGlobal = names.indexOf('perfGlobal');
/** The fields under whose numbers the processor holds the MSRs of L2. */
const fieldOfMsr = Uint8Array.from(names, (name) => fieldNames.indexOf(name satisfies VmcsFieldName));
const values = names.map((name): readonly number[] => all[name].values);

export const valueOfMsr = (place: number, index: number): number => values[place][index];

/** Whether the processor has the MSR. */
export const msrExists = (m: Machine, place: number): boolean => m.mpx || fieldOfMsr[place] !== field.bndcfgs;

/** `place` counts on from the MSRs that every processor has. */
export function writeMsr(m: Machine, place: number, index: number): boolean {
  if (!begins(m) || !msrExists(m, place)) return false;
  const { hardware } = m;
  const number = fieldOfMsr[place];
  let value = values[place][index];
  if (number === field.efer) {
    if (((value ^ hardware[field.efer]) & lme) !== 0 && paging(m)) return false;
    value = (value & ~lma) | (hardware[field.efer] & lma);
  }
  if (msrIntercepted(m, place, exitReasons.wrmsr)) return msrExit(m, exitReasons.wrmsr, lengths.wrmsr);
  if (place === perfGlobal) m.perfGlobal = value;
  else hardware[number] = value;
  return complete(m, lengths.wrmsr);
}

export const writeOptionalMsr = (m: Machine, place: number, index: number): boolean =>
  writeMsr(m, firstOptional + place, index);

export function readMsr(m: Machine, place: number): boolean {
  if (!begins(m)) return false;
  if (msrIntercepted(m, place, exitReasons.rdmsr)) return msrExit(m, exitReasons.rdmsr, lengths.rdmsr);
  return complete(m, lengths.rdmsr);
}

function msrExit(m: Machine, reason: number, length: number): true {
  instructionExit(m, reason, 0, length);
  return true;
}

/** The x2APIC MSRs: virtual with virtual-interrupt delivery, and never set in the bitmap. */
const hasVirtualApic = (m: Machine): boolean => control.has(m.vmcs.fields, control.virtualInterruptDelivery);

export function selfIpi(m: Machine, vector: number): boolean {
  if (!begins(m) || !hasVirtualApic(m)) return false;
  if (!control.has(m.vmcs.fields, control.msrBitmaps)) return msrExit(m, exitReasons.wrmsr, lengths.wrmsr);
  const { hardware } = m;
  const status = hardware[field.interruptStatus];
  if (vector > (status & 0xff)) hardware[field.interruptStatus] = (status & 0xff00) | vector;
  return complete(m, lengths.wrmsr);
}

const eoiVector = 0x31;
const eoiBit = 1 << 17;

export function eoi(m: Machine): boolean {
  if (!begins(m) || !hasVirtualApic(m)) return false;
  if (!control.has(m.vmcs.fields, control.msrBitmaps)) return msrExit(m, exitReasons.wrmsr, lengths.wrmsr);
  const { hardware } = m;
  const status = hardware[field.interruptStatus];
  const vector = status >>> 8;
  hardware[field.interruptStatus] = status & 0xff;
  if (vector === eoiVector && (m.vmcs.fields[field.eoiExitBitmap] & eoiBit) !== 0) {
    return completeAndExit(m, lengths.wrmsr, exitReasons.virtualizedEoi, vector);
  }
  return complete(m, lengths.wrmsr);
}
