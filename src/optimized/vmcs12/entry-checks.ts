import { instructionErrors } from '../../../spec/vmcs12/universe.ts';
import { btf, interruptFlag, lma, lme, pg, trapFlag, unusable, vmxe } from './bits.ts';
import * as control from './controls.ts';
import { has } from './controls.ts';
import * as field from './field-numbers.ts';
import type { Machine } from './machine.ts';
import { openIfUnusable, pdptesBits } from './vmcs.ts';

const nmi = 2;
const other = 7;
const hlt = 1;
const shutdown = 2;
const waitForSipi = 3;
const sti = 1;
const shadows = 3;
const nmisBlocked = 8;

/** Type of the event that the entry injects, or -1. */
function injectedType(fields: Uint32Array): number {
  const information = fields[field.entryInterruption];
  return information >>> 31 === 0 ? -1 : (information >>> 8) & 7;
}

const loadsUndefined = (m: Machine, accessRights: number): boolean =>
  (m.vmcs.undefinedFields & openIfUnusable[accessRights]) !== 0 && (m.vmcs.fields[accessRights] & unusable) === 0;

/** Whether the entry would do what the manual leaves open: such events are skipped. */
export function leavesOpen(m: Machine): boolean {
  const { fields, undefinedFields } = m.vmcs;
  const longMode = has(fields, control.ia32eModeGuest);
  if (undefinedFields !== 0) {
    if (loadsUndefined(m, field.ssAccessRights) || loadsUndefined(m, field.dsAccessRights)) return true;
    if (loadsUndefined(m, field.fsAccessRights) || loadsUndefined(m, field.ldtrAccessRights)) return true;
    const loadsPdptes = has(fields, control.ept) && (fields[field.cr0] & pg) !== 0 && !longMode;
    if (loadsPdptes && (undefinedFields & pdptesBits) !== 0) return true;
  }
  const type = injectedType(fields);
  if (fields[field.pendingDebug] !== 0 && (type >= 0 || fields[field.activity] >= shutdown)) return true;
  const needsNmiWindow = type === nmi || has(fields, control.nmiWindowExiting);
  if (needsNmiWindow && (fields[field.interruptibility] & sti) !== 0) return true;
  return !longMode && (fields[field.ssAccessRights] & unusable) !== 0;
}

/** The error of the checks of controls and host state, or 0. */
export function earlyError(m: Machine): number {
  const { fields } = m.vmcs;
  if (controlsAreInvalid(m, fields)) return instructionErrors.invalidControls;
  return hostStateIsInvalid(fields) ? instructionErrors.invalidHostState : 0;
}

function controlsAreInvalid(m: Machine, fields: Uint32Array): boolean {
  const ept = has(fields, control.ept);
  const delivery = has(fields, control.virtualInterruptDelivery);
  const type = injectedType(fields);
  const virtualNmis = has(fields, control.virtualNmis);
  if (virtualNmis && !has(fields, control.nmiExiting)) return true;
  if (!virtualNmis && has(fields, control.nmiWindowExiting)) return true;
  if ((delivery || has(fields, control.apicRegisters)) && !has(fields, control.tprShadow)) return true;
  if (delivery && (!has(fields, control.externalInterruptExiting) || has(fields, control.apicAccesses))) return true;
  if (!ept && has(fields, control.pml)) return true;
  if (!ept && has(fields, control.vmFunctions) && has(fields, control.eptpSwitching)) return true;
  if (has(fields, control.saveTimer) && !has(fields, control.preemptionTimer)) return true;
  if (!m.mpx && (has(fields, control.clearBndcfgs) || has(fields, control.loadBndcfgs))) return true;
  if (type === 1) return true;
  return type >= 4 && type <= 6 && fields[field.entryLength] === 0 && !m.zeroLengthInjection;
}

function hostStateIsInvalid(fields: Uint32Array): boolean {
  if ((fields[field.hostCr4] & vmxe) === 0 || fields[field.hostCsSelector] === 0) return true;
  return has(fields, control.loadHostEfer) && (fields[field.hostEfer] & (lme | lma)) !== (lme | lma);
}

const good = -1;
const pdpteReserved = 0x1e6;

const isBadPdpte = (pdpte: number): boolean => (pdpte & 1) !== 0 && (pdpte & pdpteReserved) !== 0;

/** The qualification of a late failure by guest state, or -1 if that is valid. */
export function guestStateFailure(m: Machine): number {
  const { fields } = m.vmcs;
  const type = injectedType(fields);
  if (modeIsInvalid(fields) || nonRegisterStateIsInvalid(fields) || injectionIsInvalid(fields, type)) return 0;
  if (fields[field.linkPointer] !== 0xffff_ffff) return 4;
  const loadsPdptes = (fields[field.cr0] & pg) !== 0 && !has(fields, control.ia32eModeGuest);
  if (!loadsPdptes || !has(fields, control.ept)) return good;
  return isBadPdpte(fields[field.pdpte0]) || isBadPdpte(fields[field.pdpte1]) ? 2 : good;
}

function modeIsInvalid(fields: Uint32Array): boolean {
  const paging = (fields[field.cr0] & pg) !== 0;
  const longMode = has(fields, control.ia32eModeGuest);
  if ((fields[field.cr4] & vmxe) === 0 || (fields[field.rflags] & 2) === 0) return true;
  if (!paging && (longMode || !has(fields, control.ept))) return true;
  if (!has(fields, control.loadEfer)) return false;
  const efer = fields[field.efer];
  const active = (efer & lma) !== 0;
  return active !== longMode || (paging && ((efer & lme) !== 0) !== active);
}

function nonRegisterStateIsInvalid(fields: Uint32Array): boolean {
  const rflags = fields[field.rflags];
  const shadow = fields[field.interruptibility] & shadows;
  const activity = fields[field.activity];
  if ((shadow & sti) !== 0 && (rflags & interruptFlag) === 0) return true;
  if (shadow !== 0 && activity !== 0) return true;
  if (shadow === 0 && activity !== hlt) return false;
  const stepsSingly = (rflags & trapFlag) !== 0 && (fields[field.debugctl] & btf) === 0;
  return ((fields[field.pendingDebug] & 0x4000) !== 0) !== stepsSingly;
}

function injectionIsInvalid(fields: Uint32Array, type: number): boolean {
  if (type < 0) return false;
  const blocking = fields[field.interruptibility];
  const activity = fields[field.activity];
  if (type === 0 && ((fields[field.rflags] & interruptFlag) === 0 || (blocking & shadows) !== 0)) return true;
  if (type === nmi) {
    if ((blocking & 2) !== 0) return true;
    if (has(fields, control.virtualNmis) && (blocking & nmisBlocked) !== 0) return true;
  }
  if (activity === hlt) return type !== 0 && type !== nmi && type !== other;
  if (activity === shutdown) return type !== nmi;
  return activity === waitForSipi;
}
