import { lma, lme } from './bits.ts';
import * as control from './controls.ts';
import * as field from './field-numbers.ts';
import { dirtyL1, type Machine } from './machine.ts';
import * as l1 from './registers-of-l1.ts';
import { msrLists } from '../../../spec/vmcs12/universe.ts';

/** What no host field loads is that of L2. */
export function keepRegistersOfL2(m: Machine): void {
  const { hardware } = m;
  m.l1[l1.pat] = hardware[field.pat];
  m.l1[l1.efer] = hardware[field.efer];
  m.l1[l1.bndcfgs] = hardware[field.bndcfgs];
}

/** "Loading host state", the MSR-load list, and L1's handler. */
export function loadHostState(m: Machine): void {
  const registers = m.l1;
  const { fields } = m.vmcs;
  registers[l1.rip] = fields[field.hostRip];
  registers[l1.rsp] = fields[field.hostRsp];
  registers[l1.rflags] = 2;
  registers[l1.cr0] = fields[field.hostCr0];
  registers[l1.cr3] = fields[field.hostCr3];
  registers[l1.cr4] = fields[field.hostCr4];
  registers[l1.dr7] = 0x400;
  registers[l1.csSelector] = fields[field.hostCsSelector];
  registers[l1.fsBase] = fields[field.hostFsBase];
  registers[l1.gdtrBase] = fields[field.hostGdtrBase];
  registers[l1.gdtrLimit] = 0xffff;
  registers[l1.sysenterCs] = fields[field.hostSysenterCs];
  registers[l1.debugctl] = 0;
  if (control.has(fields, control.loadHostPat)) registers[l1.pat] = fields[field.hostPat];
  if (control.has(fields, control.loadHostEfer)) registers[l1.efer] = fields[field.hostEfer];
  else registers[l1.efer] |= lme | lma;
  if (control.has(fields, control.clearBndcfgs)) registers[l1.bndcfgs] = 0;
  if (fields[field.exitMsrLoadCount] !== 0) registers[l1.pat] = msrLists.exitLoad[0].value;
  m.obstacle = 0;
  m.dirty |= dirtyL1;
}
