import { fieldSpec } from '../../../spec/vmcs12/fields.ts';
import { eptpList, lengths } from '../../../spec/vmcs12/universe.ts';
import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { interruptFlag, trapFlag } from './bits.ts';
import * as control from './controls.ts';
import { leave, setRf } from './exit.ts';
import { record } from './exit-information.ts';
import * as field from './field-numbers.ts';
import { begins, complete, stiShadow } from './instruction.ts';
import { put } from './lazy-fields.ts';
import type { Machine } from './machine.ts';
import { inShadow } from './mode.ts';
import { logIsFull, logWrite } from './page-modification-log.ts';

const stacks = fieldSpec('rsp').values;

export function nop(m: Machine): boolean {
  return begins(m) && complete(m, lengths.nop);
}

export function movRsp(m: Machine, index: number): boolean {
  if (!begins(m)) return false;
  m.hardware[field.rsp] = stacks[index];
  return complete(m, lengths.movRsp);
}

export function sti(m: Machine): boolean {
  if (!begins(m) || inShadow(m) || control.has(m.vmcs.fields, control.nmiWindowExiting)) return false;
  const was = m.hardware[field.rflags] & interruptFlag;
  m.hardware[field.rflags] |= interruptFlag;
  return complete(m, lengths.sti, was === 0 ? stiShadow : 0);
}

export function cli(m: Machine): boolean {
  if (!begins(m)) return false;
  m.hardware[field.rflags] &= ~interruptFlag;
  return complete(m, lengths.cli);
}

/** POPF that changes TF alone. */
export function popf(m: Machine, on: number): boolean {
  if (!begins(m)) return false;
  const flag = on === 0 ? 0 : trapFlag;
  const { hardware } = m;
  if ((hardware[field.rflags] & trapFlag) === flag) return false;
  hardware[field.rflags] ^= trapFlag;
  return complete(m, lengths.popf);
}

/** VM function 0: EPTP switching, which writes the VMCS at once. */
export function vmfunc(m: Machine, index: number): boolean {
  if (!begins(m)) return false;
  const { fields } = m.vmcs;
  if (!control.has(fields, control.vmFunctions) || !control.has(fields, control.eptpSwitching)) return false;
  if (!control.has(fields, control.ept)) return false;
  put(m, field.eptp, eptpList[index]);
  return complete(m, lengths.vmfunc);
}

/** A write to a page whose dirty flag is clear. */
export function dirty(m: Machine): boolean {
  if (!begins(m)) return false;
  if (control.has(m.vmcs.fields, control.pml)) {
    if (logIsFull(m)) {
      record(m, exitReasons.pageModificationLogFull, 0);
      setRf(m);
      leave(m);
      return true;
    }
    logWrite(m);
  }
  return complete(m, lengths.access);
}
