import { type InjectedEvent, injectedEvents, type InjectedName } from '../../../spec/idt-vectoring/universe.ts';
import { admitsExternal, admitsNmi } from './boundary.ts';
import { writeDr6 } from './debug-registers.ts';
import { deliver } from './deliver.ts';
import { debugException, errorCode, nonMaskable, plainEvent } from './events.ts';
import { exit, reasons } from './exit.ts';
import type { Machine } from './machine.ts';
import { hold, rfOfImage } from './policy.ts';
import { settle, vmEntry } from './vm-entry.ts';

const names = Object.keys(injectedEvents) as readonly InjectedName[];
const table: readonly InjectedEvent[] = names.map((name) => injectedEvents[name]);

// By place in the domain of `event`.
const events = Int32Array.from(table, ({ type, vector, error }) =>
  error === undefined ? plainEvent(type, vector) : plainEvent(type, vector) | errorCode,
);
const errors = Int32Array.from(table, ({ error = 0 }) => error);
const lengths = Int32Array.from(table, ({ length = 0 }) => length);
const payloads = Int32Array.from(table, ({ payload = 0 }) => payload);

const mc = names.indexOf('mc');
const extInt = names.indexOf('extInt');
const nmi = names.indexOf('nmi');
const int21Zero = names.indexOf('int21Zero');
const admittedInHlt = new Uint8Array(names.length);
for (const place of [extInt, nmi, mc, names.indexOf('db')]) admittedInHlt[place] = 1;

function isAdmitted(m: Machine, place: number): boolean {
  if (m.halted !== 0 && admittedInHlt[place] === 0) return false;
  switch (place) {
    case extInt:
      return admitsExternal(m);
    case nmi:
      return admitsNmi(m);
    case mc:
      return m.mcip === 0;
    case int21Zero:
      return m.zeroLengthInjection;
    default:
      return lengths[place] === 0 || m.begun === 0;
  }
}

/** An event that the guest's program did not cause is delivered at the boundary where the guest is. */
export function inject(m: Machine, place: number): boolean {
  if (m.outside === 0 && !isAdmitted(m, place)) return false;
  settle(m);
  if (m.shutdown !== 0 || !isAdmitted(m, place)) return true;
  if (m.hypervised) injectByEntry(m, place);
  else deliverAtOnce(m, place);
  return true;
}

function injectByEntry(m: Machine, place: number): void {
  exit(m, reasons.externalInterrupt, 0);
  if (place === mc) m.mcip = 1;
  // A hypervisor that injects a new fault has to set RF itself.
  m.resumeFlag = rfOfImage(m, events[place]);
  hold(m, events[place], errors[place], lengths[place], payloads[place]);
  vmEntry(m);
}

function deliverAtOnce(m: Machine, place: number): void {
  const event = events[place];
  const payload = payloads[place];
  m.resumeFlag = rfOfImage(m, event);
  if (place === mc) m.mcip = 1;
  if (event === nonMaskable) m.nmiBlocked = 1;
  if (event === debugException) writeDr6(m, payload);
  else if (payload !== 0) m.cr2 = payload;
  deliver(m, event, errors[place], lengths[place], m.resumeFlag);
}
