import { resumeFlag, valid } from './bits.ts';
import * as control from './controls.ts';
import { copyInformation, record } from './exit-information.ts';
import * as field from './field-numbers.ts';
import { saveGuestState } from './guest-state.ts';
import { keepRegistersOfL2, loadHostState } from './host-state.ts';
import { outcomeWord } from './layout.ts';
import { put } from './lazy-fields.ts';
import { dirtyExitInformation, dirtyGuestState, dirtyL1, dirtyL2, type Machine } from './machine.ts';
import { longModeActive } from './mode.ts';

const exited = 5;
const entryFailed = 6;
const ia32eModeGuest = control.maskOf(control.ia32eModeGuest);

/** L2 exits to L1, with information that has been recorded. */
export function leave(m: Machine): void {
  const { fields } = m.vmcs;
  copyInformation(m);
  put(m, field.entryInterruption, fields[field.entryInterruption] & ~valid);
  if (m.savesEferLma) {
    const others = fields[field.entryControls] & ~ia32eModeGuest;
    put(m, field.entryControls, longModeActive(m) ? others | ia32eModeGuest : others);
  }
  saveGuestState(m);
  storeMsrs(m);
  keepRegistersOfL2(m);
  loadHostState(m);
  m.l2Runs = false;
  m.mtfDue = false;
  m.words[outcomeWord] = exited;
  m.dirty |= dirtyGuestState | dirtyExitInformation | dirtyL1 | dirtyL2;
}

/** The MSR-store area takes values of L2, before L1 has its own. */
function storeMsrs(m: Machine): void {
  const count = m.vmcs.fields[field.exitMsrStoreCount];
  if (count >= 1) m.msrStore[0] = m.hardware[field.sysenterCs];
  if (count >= 2) m.msrStore[1] = m.hardware[field.pat];
}

/** L2 exits to L1: reason and qualification are all there is, RIP and RF stay. */
export function exit(m: Machine, reason: number, qualification: number): void {
  record(m, reason, qualification);
  leave(m);
}

/** The fault-like exits save RF = 1, those of instructions RF = 0. */
export function setRf(m: Machine): void {
  m.hardware[field.rflags] |= resumeFlag;
}

export function clearRf(m: Machine): void {
  m.hardware[field.rflags] &= ~resumeFlag;
}

/** An instruction of L2 exits to L1 before it does anything. */
export function instructionExit(m: Machine, reason: number, qualification: number, length: number): void {
  record(m, reason, qualification);
  m.hardware[field.exitInstructionLength] = length;
  clearRf(m);
  leave(m);
}

/** A VM entry fails after its early checks: L1 runs in its exit handler, and nothing but two fields has changed. */
export function lateFailure(m: Machine, reason: number, qualification: number): void {
  put(m, field.exitReason, reason);
  put(m, field.exitQualification, qualification);
  loadHostState(m);
  m.words[outcomeWord] = entryFailed;
}
