import { codeSegments, places } from '../../../spec/vmcs12/universe.ts';
import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { errorCodeValid, interruptFlag, resumeFlag, trapFlag } from './bits.ts';
import * as control from './controls.ts';
import { descriptorAddress } from './descriptor-address.ts';
import { leave, setRf } from './exit.ts';
import { record, recordInterruption, recordVectoring } from './exit-information.ts';
import * as field from './field-numbers.ts';
import { deliveryWords } from './layout.ts';
import { deliverAgain } from './level0/deliver-again.ts';
import { dirtyL2, type Machine } from './machine.ts';
import { longModeActive } from './mode.ts';
import { setNmiBlocking } from './nmi-blocking.ts';
import { logIsFull, logWrite } from './page-modification-log.ts';

// What the next delivery meets: 1 + its place in the domain of `obstruct`, continued by that of `obstructOptional`.
const byEpt = 1;
const byMisconfiguration = 2;
const byGp = 3;
const byApicAccess = 4;
const byTaskGate = 5;

/** Classes of events: what their frames and their exits differ in. */
export const fault = 0;
export const trap = 1;
export const interrupt = 2;
export const software = 3;

const nmiType = 2;
const generalProtection = 0x8000_0b0d;
const pageFault = 14;

/** Whether an event that L2 or its outside causes must wait for a debug trap that is held back. */
export const isHeldUp = (m: Machine): boolean => m.hardware[field.pendingDebug] !== 0;

/** A native event is delivered in L2, or exits during that. Whether it was delivered. */
export function deliver(m: Machine, information: number, errorCode: number, kind: number, length: number): boolean {
  if ((information & 0x7ff) === 0x30e) m.cr2 = places.faultAddress;
  return deliverEvent(m, information, errorCode, kind, length, kind === fault);
}

/** An event that L1 injects. */
export function deliverInjected(m: Machine): boolean {
  const { fields } = m.vmcs;
  const information = fields[field.entryInterruption];
  const type = (information >>> 8) & 7;
  const kind = type >= 4 ? software : type === 3 ? fault : interrupt;
  return deliverEvent(m, information, fields[field.entryErrorCode], kind, fields[field.entryLength], false);
}

function deliverEvent(
  m: Machine,
  information: number,
  errorCode: number,
  kind: number,
  length: number,
  nativeFault: boolean,
): boolean {
  m.hardware[field.activity] = 0;
  m.dirty |= dirtyL2;
  if (((information >>> 8) & 7) === nmiType) setNmiBlocking(m, true);
  if (m.l0.obstructs) deliverAgain(m, information, errorCode, length);
  if (m.obstacle !== 0) {
    const met = meet(m, information, errorCode, length, nativeFault);
    if (met !== goesOn) return met === replaced;
  }
  frame(m, information, errorCode, kind === software ? length : 0);
  return true;
}

// What comes of an obstacle.
const goesOn = 0;
const replaced = 1;
const left = 2;

/** The delivery meets L1's obstacle, if it is one for this event. */
function meet(m: Machine, information: number, errorCode: number, length: number, nativeFault: boolean): number {
  const { fields } = m.vmcs;
  const { obstacle } = m;
  const vector = information & 0xff;
  const type = (information >>> 8) & 7;
  switch (obstacle) {
    case byEpt:
    case byMisconfiguration: {
      if (!control.has(fields, control.ept)) return goesOn;
      if (obstacle === byEpt) record(m, exitReasons.eptViolation, 0x181);
      else record(m, exitReasons.eptMisconfiguration, 0);
      const address = descriptorAddress(m, vector);
      m.hardware[field.guestPhysicalAddress] = address;
      if (obstacle === byEpt) m.hardware[field.guestLinearAddress] = address;
      break;
    }
    case byGp:
      if (type === 3 && (vector === 13 || vector === pageFault)) return goesOn;
      return protectionFault(m, information, errorCode, length);
    case byApicAccess:
      if (!control.has(fields, control.apicAccesses)) return goesOn;
      record(m, exitReasons.apicAccess, (3 << 12) | places.apicFrameOffset);
      break;
    case byTaskGate:
      if (longModeActive(m)) return goesOn;
      record(m, exitReasons.taskSwitch, ((3 << 30) | places.task) >>> 0);
      break;
    default:
      if (!control.has(fields, control.pml)) return goesOn;
      m.obstacle = 0;
      if (!logIsFull(m)) {
        logWrite(m);
        return goesOn;
      }
      record(m, exitReasons.pageModificationLogFull, 0);
  }
  m.obstacle = 0;
  recordVectoring(m, information, errorCode, length);
  if (nativeFault) setRf(m);
  leave(m);
  return left;
}

/** The delivery of an event faults: #GP comes instead of it. */
function protectionFault(m: Machine, information: number, errorCode: number, length: number): number {
  const type = (information >>> 8) & 7;
  const ext = type === 4 || type === 6 ? 0 : 1;
  const code = (information & 0xff) * 8 + 2 + ext;
  m.obstacle = 0;
  if (!control.has(m.vmcs.fields, control.interceptGp)) {
    frame(m, generalProtection, code, 0);
    return replaced;
  }
  record(m, exitReasons.exceptionOrNmi, 0);
  recordInterruption(m, generalProtection);
  m.hardware[field.exitInterruptionErrorCode] = code;
  recordVectoring(m, information, errorCode, length);
  setRf(m);
  leave(m);
  return left;
}

/** The event reaches its handler: "all gates are interrupt gates". */
function frame(m: Machine, information: number, errorCode: number, length: number): void {
  const { hardware, words } = m;
  const long = longModeActive(m);
  const hasErrorCode = (information & errorCodeValid) !== 0;
  words[deliveryWords] = information;
  words[deliveryWords + 1] = hardware[field.rip] + length;
  words[deliveryWords + 2] = hasErrorCode ? errorCode : 0;
  const size = long ? (hasErrorCode ? 48 : 40) : hasErrorCode ? 16 : 12;
  const rsp = hardware[field.rsp];
  hardware[field.rsp] = (long ? rsp & ~15 : rsp) - size;
  loadCs(m, long ? 0x08 : 0x18);
  hardware[field.rflags] &= ~(interruptFlag | trapFlag | resumeFlag);
  hardware[field.interruptibility] &= ~3;
  hardware[field.rip] = places.handlers + 16 * (information & 0xff);
  if (control.has(m.vmcs.fields, control.monitorTrapFlag)) m.mtfDue = true;
}

export function loadCs(m: Machine, selector: 0x08 | 0x18): void {
  const { hardware } = m;
  const { base, limit, accessRights } = codeSegments[selector];
  hardware[field.csSelector] = selector;
  hardware[field.csBase] = base;
  hardware[field.csLimit] = limit;
  hardware[field.csAccessRights] = accessRights;
}

/** An exception of L2 that L1 takes. */
export function exceptionExit(m: Machine, information: number, qualification: number): void {
  record(m, exitReasons.exceptionOrNmi, qualification);
  recordInterruption(m, information);
  leave(m);
}
