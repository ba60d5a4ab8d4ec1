import { lengths } from '../../../spec/vmcs12/universe.ts';
import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { codeL, lma, lme, pg, pge, ts, vmxe } from './bits.ts';
import * as control from './controls.ts';
import { changed, cr0, cr4, exitsToL1, load, ofL2, seenByL2 } from './control-registers.ts';
import { instructionExit } from './exit.ts';
import * as field from './field-numbers.ts';
import { begins, complete } from './instruction.ts';
import { intercepted } from './interception.ts';
import type { Machine } from './machine.ts';
import { in64BitMode, isUnusable, paging } from './mode.ts';
import { loadPdptesFromMemory } from './pdptes.ts';
import { dataAddress } from './data-address.ts';

const { crAccess, drAccess } = exitReasons;
const clts = 2 << 4;
const lmsw = (3 << 4) | (1 << 6);
/** What LMSW changes of CR0 but PE, which is 1. */
const lmswBits = 0xe;

function crExit(m: Machine, qualification: number, length: number): true {
  instructionExit(m, crAccess, qualification, length);
  return true;
}

export function movCr0(m: Machine, operand: number): boolean {
  if (!begins(m)) return false;
  const { hardware } = m;
  const on = (changed(m, cr0, operand) & pg) !== 0;
  const was = paging(m);
  if (!on && (!control.has(m.vmcs.fields, control.ept) || in64BitMode(m))) return false;
  const long = (hardware[field.efer] & lme) !== 0;
  if (on && !was && long && (hardware[field.csAccessRights] & codeL) !== 0) return false;
  if (!on && was && isUnusable(m, field.ssAccessRights)) return false;
  if (exitsToL1(m, cr0, operand)) return crExit(m, 0, lengths.movCr);
  load(m, cr0, operand);
  if (on !== was) {
    if (on && long) hardware[field.efer] |= lma;
    else hardware[field.efer] &= ~lma;
    loadPdptesFromMemory(m);
  }
  return complete(m, lengths.movCr);
}

export function movCr3(m: Machine, operand: number): boolean {
  if (!begins(m)) return false;
  const { fields } = m.vmcs;
  if (control.has(fields, control.cr3LoadExiting)) {
    const isTarget = fields[field.cr3TargetCount] !== 0 && fields[field.cr3Target0] === operand;
    if (!isTarget) return crExit(m, 3, lengths.movCr);
  }
  m.hardware[field.cr3] = operand;
  loadPdptesFromMemory(m);
  return complete(m, lengths.movCr);
}

export function movCr4(m: Machine, operand: number): boolean {
  if (!begins(m)) return false;
  const next = changed(m, cr4, operand);
  if ((next & vmxe) === 0) return false;
  if (exitsToL1(m, cr4, operand)) return crExit(m, 4, lengths.movCr);
  const pgeChanges = ((ofL2(m, cr4) ^ next) & pge) !== 0;
  load(m, cr4, operand);
  if (pgeChanges) loadPdptesFromMemory(m);
  return complete(m, lengths.movCr);
}

/** CLTS and LMSW are writes of CR0 that repeat what L2 reads there in all other bits. */
export function clearTs(m: Machine): boolean {
  if (!begins(m)) return false;
  const operand = seenByL2(m, cr0) & ~ts;
  if (exitsToL1(m, cr0, operand)) return crExit(m, clts, lengths.clts);
  load(m, cr0, operand);
  return complete(m, lengths.clts);
}

export function loadMsw(m: Machine, source: number): boolean {
  if (!begins(m) || (isUnusable(m, field.dsAccessRights) && !in64BitMode(m))) return false;
  const operand = (seenByL2(m, cr0) & ~lmswBits) | (source & lmswBits);
  if (exitsToL1(m, cr0, operand)) {
    m.hardware[field.guestLinearAddress] = dataAddress(m);
    return crExit(m, (source << 16) | lmsw, lengths.lmsw);
  }
  load(m, cr0, operand);
  return complete(m, lengths.lmsw);
}

export function movDr7(m: Machine, operand: number): boolean {
  if (!begins(m)) return false;
  if (intercepted(m, control.movDrExiting, drAccess)) {
    instructionExit(m, drAccess, 7, lengths.movDr);
    return true;
  }
  m.hardware[field.dr7] = operand;
  return complete(m, lengths.movDr);
}
