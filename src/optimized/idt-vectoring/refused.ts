import { refusedEntries, type RefusedName } from '../../../spec/idt-vectoring/universe.ts';
import { failEntry } from './enter.ts';
import { exit, reasons } from './exit.ts';
import type { Machine } from './machine.ts';
import { vmEntry } from './vm-entry.ts';

const names = Object.keys(refusedEntries) as readonly RefusedName[];

/** VM-instruction error 7, or exit reason 33 with bit 31. */
const failures = { early: 7, late: 0x8000_0021 } as const;

// By place in the domain of `fields`.
const failure = Uint32Array.from(names, (name) => failures[refusedEntries[name].fails]);
const kept = Uint32Array.from(names, (name) => refusedEntries[name].interruption);

type Condition = (m: Machine) => boolean;

const always: Condition = () => true;
const checksErrorCodes: Condition = (m) => !m.noHwErrCodeCheck;
const interruptsOff: Condition = (m) => m.interruptFlag === 0;
const isHalted: Condition = (m) => m.halted !== 0;
const inShadow = (m: Machine): boolean => (m.sti | m.movss) !== 0;

/** What has to hold for the entry to fail for the reason that its name gives; it may fail for others. */
const conditions: Readonly<Partial<Record<RefusedName, Condition>>> = {
  errorCodeOnDb: checksErrorCodes,
  noErrorCodeOnGp: checksErrorCodes,
  zeroLength: (m) => !m.zeroLengthInjection,
  externalWithIfClear: interruptsOff,
  stiWithIfClear: interruptsOff,
  externalInShadow: (m) => m.interruptFlag !== 0 && inShadow(m),
  nmiInMovss: (m) => m.movss !== 0,
  nmiWhileBlocked: (m) => m.virtualNmi && m.nmiBlocked !== 0,
  gpInHlt: isHalted,
  softInHlt: isHalted,
  shadowWithoutSingleStep: (m) => m.trapFlag !== 0 && inShadow(m),
};

const byPlace: readonly Condition[] = names.map((name) => conditions[name] ?? always);

/** A VM entry that fails is tried; the hypervisor takes the fields back and enters again. */
export function refused(m: Machine, place: number): boolean {
  if (m.outside !== 0 || !byPlace[place](m)) return false;
  exit(m, reasons.externalInterrupt, 0);
  failEntry(m, failure[place], kept[place]);
  vmEntry(m);
  return true;
}
