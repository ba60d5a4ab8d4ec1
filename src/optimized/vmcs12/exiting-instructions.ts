import { lengths, places } from '../../../spec/vmcs12/universe.ts';
import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import * as control from './controls.ts';
import { dataAddress } from './data-address.ts';
import { exit, instructionExit, leave, setRf } from './exit.ts';
import { record } from './exit-information.ts';
import * as field from './field-numbers.ts';
import { begins, complete, completeAndExit } from './instruction.ts';
import { intercepted } from './interception.ts';
import type { Machine } from './machine.ts';
import { in64BitMode, inShadow, isUnusable, longModeActive, stepsSingly } from './mode.ts';

export function vmcall(m: Machine): boolean {
  if (!begins(m)) return false;
  instructionExit(m, exitReasons.vmcall, 0, lengths.vmcall);
  return true;
}

export function cpuid(m: Machine): boolean {
  if (!begins(m)) return false;
  instructionExit(m, exitReasons.cpuid, 0, lengths.cpuid);
  return true;
}

const halted = 1;

export function hlt(m: Machine): boolean {
  if (!begins(m) || (!control.has(m.vmcs.fields, control.hltExiting) && stepsSingly(m))) return false;
  if (intercepted(m, control.hltExiting, exitReasons.hlt)) {
    instructionExit(m, exitReasons.hlt, 0, lengths.hlt);
    return true;
  }
  m.hardware[field.activity] = halted;
  return complete(m, lengths.hlt);
}

const port = places.port << 16;
const immediate = 1 << 6;
const string = 1 << 4;
const segmentDs = 3 << 15;
const addressSize32 = 1 << 7;
const addressSize64 = 2 << 7;

export function out(m: Machine): boolean {
  if (!begins(m)) return false;
  if (!intercepted(m, control.unconditionalIoExiting, exitReasons.ioInstruction)) return complete(m, lengths.out);
  instructionExit(m, exitReasons.ioInstruction, port | immediate, lengths.out);
  return true;
}

export function outs(m: Machine): boolean {
  if (!begins(m)) return false;
  const wide = in64BitMode(m);
  if (!wide && isUnusable(m, field.dsAccessRights)) return false;
  if (!intercepted(m, control.unconditionalIoExiting, exitReasons.ioInstruction)) return complete(m, lengths.outs);
  m.hardware[field.guestLinearAddress] = dataAddress(m);
  m.hardware[field.exitInstructionInformation] = segmentDs | (wide ? addressSize64 : addressSize32);
  instructionExit(m, exitReasons.ioInstruction, port | string, lengths.outs);
  return true;
}

export function tripleFault(m: Machine): boolean {
  if (!begins(m) || inShadow(m)) return false;
  exit(m, exitReasons.tripleFault, 0);
  return true;
}

const write = 1;
const qualifications = [0x181, 0x182] as const;

/** An access that L1's EPT does not allow (`what` 0 and 1), or finds misconfigured. */
export function access(m: Machine, what: number): boolean {
  if (!begins(m) || !control.has(m.vmcs.fields, control.ept)) return false;
  const { hardware } = m;
  if (what > write) {
    record(m, exitReasons.eptMisconfiguration, 0);
  } else {
    record(m, exitReasons.eptViolation, qualifications[what]);
    hardware[field.guestLinearAddress] = places.data;
  }
  hardware[field.guestPhysicalAddress] = places.data;
  setRf(m);
  leave(m);
  return true;
}

const byJump = 0x8000_0000;

export function taskSwitch(m: Machine): boolean {
  if (!begins(m) || longModeActive(m)) return false;
  instructionExit(m, exitReasons.taskSwitch, byJump + places.task, lengths.taskSwitch);
  return true;
}

export function movCr8(m: Machine): boolean {
  if (!begins(m)) return false;
  const { fields } = m.vmcs;
  if (!control.has(fields, control.tprShadow) || control.has(fields, control.virtualInterruptDelivery)) return false;
  if (fields[field.tprThreshold] === 0) return false;
  return completeAndExit(m, lengths.movCr8, exitReasons.tprBelowThreshold, 0);
}

const writeAccess = 1 << 12;

export function apicWrite(m: Machine): boolean {
  if (!begins(m)) return false;
  const { fields } = m.vmcs;
  if (!control.has(fields, control.apicAccesses)) return false;
  if (control.has(fields, control.apicRegisters)) {
    return completeAndExit(m, lengths.access, exitReasons.apicWrite, places.apicOffset);
  }
  record(m, exitReasons.apicAccess, writeAccess | places.apicOffset);
  setRf(m);
  leave(m);
  return true;
}
