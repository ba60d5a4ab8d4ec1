import { lengths, places } from '../../../spec/vmcs12/universe.ts';
import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { boundary } from './boundary.ts';
import * as control from './controls.ts';
import { deliver, exceptionExit, fault, isHeldUp, software } from './delivery.ts';
import { leave, setRf } from './exit.ts';
import { record } from './exit-information.ts';
import * as field from './field-numbers.ts';
import { begins, complete } from './instruction.ts';
import { intercepted } from './interception.ts';
import type { Machine } from './machine.ts';
import { stepsBranches } from './mode.ts';
import { iretUnblocks } from './nmi-blocking.ts';

const breakpoint = 0x8000_0603;
const privilegedInt1 = 0x8000_0501;
const debugException = 0x8000_0301;
const softwareInterrupt = 0x8000_0421;
const generalProtection = 0x8000_0b0d;

const { exceptionOrNmi } = exitReasons;

/** A native event that L1 does not take. */
export function deliverNative(m: Machine, information: number, errorCode: number, kind: number, length: number): true {
  if (deliver(m, information, errorCode, kind, length)) boundary(m);
  return true;
}

export function int3(m: Machine): boolean {
  if (!begins(m)) return false;
  if (intercepted(m, control.interceptBp, exceptionOrNmi)) {
    m.hardware[field.exitInstructionLength] = lengths.int3;
    exceptionExit(m, breakpoint, 0);
    return true;
  }
  return !isHeldUp(m) && deliverNative(m, breakpoint, 0, software, lengths.int3);
}

export function int1(m: Machine): boolean {
  if (!begins(m) || isHeldUp(m)) return false;
  const information = m.int1HasType5 ? privilegedInt1 : debugException;
  if (intercepted(m, control.interceptDb, exceptionOrNmi)) {
    if (m.int1HasType5) m.hardware[field.exitInstructionLength] = lengths.int1;
    exceptionExit(m, information, 0);
    return true;
  }
  return deliverNative(m, information, 0, software, lengths.int1);
}

export function intN(m: Machine): boolean {
  return begins(m) && !isHeldUp(m) && deliverNative(m, softwareInterrupt, 0, software, lengths.intN);
}

/** The faults of the alphabet: information, error code, control, exit qualification. */
const ud = 0;
const gp = 1;
const pfWrite = 3;
const faultInformation = [0x8000_0306, generalProtection, 0x8000_0b0e, 0x8000_0b0e] as const;

/** "#PF exits if its bit of the exception bitmap is equal to whether error code and mask give the match." */
function pageFaultExits(m: Machine, errorCode: number): boolean {
  const { fields } = m.vmcs;
  const matches = (errorCode & fields[field.pageFaultMask]) === fields[field.pageFaultMatch];
  return control.has(fields, control.interceptPf) === matches;
}

export function faultOf(m: Machine, what: number): boolean {
  if (!begins(m)) return false;
  if (what === gp) return protectionFault(m, 0);
  const errorCode = what === pfWrite ? 3 : 0;
  const isUd = what === ud;
  const exits = isUd ? intercepted(m, control.interceptUd, exceptionOrNmi) : pageFaultExits(m, errorCode);
  const information = faultInformation[what];
  if (!exits) return !isHeldUp(m) && deliverNative(m, information, errorCode, fault, 0);
  if (!isUd) m.hardware[field.exitInterruptionErrorCode] = errorCode;
  setRf(m);
  exceptionExit(m, information, isUd ? 0 : places.faultAddress);
  return true;
}

/** #GP(0) of an instruction; with what an IRET has unblocked. */
function protectionFault(m: Machine, unblocked: number): boolean {
  if (!intercepted(m, control.interceptGp, exceptionOrNmi)) {
    return !isHeldUp(m) && deliverNative(m, generalProtection, 0, fault, 0);
  }
  m.hardware[field.exitInterruptionErrorCode] = 0;
  setRf(m);
  exceptionExit(m, generalProtection | unblocked, 0);
  return true;
}

const meetsNothing = 0;
const meetsEpt = 1;
/** From bit 3 of the interruptibility state to bit 12 of qualification and interruption information. */
const toBit12 = 9;

export function iret(m: Machine, meets: number): boolean {
  if (!begins(m)) return false;
  const { hardware, vmcs } = m;
  if (meets === meetsNothing) {
    if (stepsBranches(m)) return false;
    iretUnblocks(m);
    return complete(m, lengths.iret);
  }
  if (meets === meetsEpt) {
    if (!control.has(vmcs.fields, control.ept)) return false;
    const unblocked = iretUnblocks(m) << toBit12;
    record(m, exitReasons.eptViolation, 0x181 | unblocked);
    hardware[field.guestLinearAddress] = hardware[field.rsp];
    hardware[field.guestPhysicalAddress] = hardware[field.rsp];
    setRf(m);
    leave(m);
    return true;
  }
  if (isHeldUp(m) && !control.has(vmcs.fields, control.interceptGp)) return false;
  return protectionFault(m, iretUnblocks(m) << toBit12);
}
