import * as control from './controls.ts';
import { cr0, cr4, ofL2 } from './control-registers.ts';
import * as field from './field-numbers.ts';
import { leaveInHardware, openUnusable } from './lazy-fields.ts';
import type { Machine } from './machine.ts';
import { paePaging } from './mode.ts';
import { nmiBlocking } from './nmi-blocking.ts';
import { pdptesBits } from './vmcs.ts';

/** What every exit saves, but for what is left in hardware. */
const always = Uint8Array.of(
  field.cr3,
  field.rsp,
  field.rip,
  field.rflags,
  field.csSelector,
  field.csBase,
  field.csLimit,
  field.csAccessRights,
  field.ssSelector,
  field.ssBase,
  field.ssLimit,
  field.ssAccessRights,
  field.activity,
  field.pendingDebug,
);

/** An exit to L1 saves the state of L2. */
export function saveGuestState(m: Machine): void {
  const { hardware, vmcs } = m;
  const { fields } = vmcs;
  for (let i = 0; i < always.length; i++) fields[always[i]] = hardware[always[i]];
  openUnusable(vmcs, field.ssAccessRights);
  fields[field.cr0] = ofL2(m, cr0);
  fields[field.cr4] = ofL2(m, cr4);
  if (control.has(fields, control.saveDebugControls)) {
    fields[field.dr7] = hardware[field.dr7];
    fields[field.debugctl] = hardware[field.debugctl];
  }
  if (control.has(fields, control.savePat)) fields[field.pat] = hardware[field.pat];
  if (control.has(fields, control.saveEfer)) fields[field.efer] = hardware[field.efer];
  if (m.mpx) fields[field.bndcfgs] = hardware[field.bndcfgs];
  if (control.has(fields, control.ept) && paePaging(m)) {
    fields[field.pdpte0] = hardware[field.pdpte0];
    fields[field.pdpte1] = hardware[field.pdpte1];
    vmcs.undefinedFields &= ~pdptesBits;
  } else {
    vmcs.undefinedFields |= pdptesBits;
  }
  if (control.has(fields, control.virtualInterruptDelivery)) {
    fields[field.interruptStatus] = hardware[field.interruptStatus];
  }
  if (control.has(fields, control.pml)) fields[field.pmlIndex] = hardware[field.pmlIndex];
  if (control.has(fields, control.saveTimer)) fields[field.timerValue] = hardware[field.timerValue];
  // "The event in flight has ended every shadow."
  const shadow = hardware[field.idtVectoring] >>> 31 !== 0 ? 0 : hardware[field.interruptibility] & 3;
  fields[field.interruptibility] = shadow | nmiBlocking(m);
  leaveInHardware(m);
}
