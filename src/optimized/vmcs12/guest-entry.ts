import { msrLists } from '../../../spec/vmcs12/universe.ts';
import { lma, lme, pg } from './bits.ts';
import * as control from './controls.ts';
import { cr0, cr4, give } from './control-registers.ts';
import * as field from './field-numbers.ts';
import { loadLazy } from './lazy-fields.ts';
import { composeControls } from './level0/composition.ts';
import { none, type Machine } from './machine.ts';
import { paePaging } from './mode.ts';
import { setNmiBlocking } from './nmi-blocking.ts';
import { loadPdptesFromMemory } from './pdptes.ts';
import * as l1 from './registers-of-l1.ts';

/** What every entry loads, but for what hardware may still hold. */
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
  field.pmlIndex,
);

const nmisBlocked = 8;

/** An entry makes the processor hold the state of L2, and the controls that it runs under. */
export function loadGuestState(m: Machine): void {
  const { hardware, l1: registers } = m;
  const { fields } = m.vmcs;
  composeControls(m);
  loadLazy(m);
  for (let i = 0; i < always.length; i++) hardware[always[i]] = fields[always[i]];
  give(m, cr0, fields[field.cr0]);
  give(m, cr4, fields[field.cr4]);
  const debug = control.has(fields, control.loadDebugControls);
  hardware[field.dr7] = debug ? fields[field.dr7] : registers[l1.dr7];
  hardware[field.debugctl] = debug ? fields[field.debugctl] : registers[l1.debugctl];
  hardware[field.pat] = control.has(fields, control.loadPat) ? fields[field.pat] : registers[l1.pat];
  hardware[field.bndcfgs] = control.has(fields, control.loadBndcfgs) ? fields[field.bndcfgs] : registers[l1.bndcfgs];
  loadEfer(m);
  loadPdptes(m);
  hardware[field.interruptStatus] = control.has(fields, control.virtualInterruptDelivery)
    ? fields[field.interruptStatus]
    : 0;
  hardware[field.timerValue] = control.has(fields, control.preemptionTimer) ? fields[field.timerValue] : 0;
  const blocking = fields[field.interruptibility];
  hardware[field.interruptibility] = blocking & 3;
  setNmiBlocking(m, (blocking & nmisBlocked) !== 0);
}

/** "EFER stays L1's, with LMA, and with paging LME, as 'IA-32e mode guest' says." */
function loadEfer(m: Machine): void {
  const { fields } = m.vmcs;
  if (control.has(fields, control.loadEfer)) {
    m.hardware[field.efer] = fields[field.efer];
    return;
  }
  const bits = (fields[field.cr0] & pg) !== 0 ? lme | lma : lma;
  const own = m.l1[l1.efer] & ~bits;
  m.hardware[field.efer] = control.has(fields, control.ia32eModeGuest) ? own | bits : own;
}

function loadPdptes(m: Machine): void {
  const { hardware } = m;
  const { fields } = m.vmcs;
  if (!paePaging(m)) {
    hardware[field.pdpte0] = 0;
    hardware[field.pdpte1] = 0;
  } else if (control.has(fields, control.ept)) {
    hardware[field.pdpte0] = fields[field.pdpte0];
    hardware[field.pdpte1] = fields[field.pdpte1];
  } else {
    loadPdptesFromMemory(m);
  }
}

/** The MSR-load list. The number of the entry that fails, counted from 1, or 0. */
export function loadMsrs(m: Machine): number {
  const count = m.vmcs.fields[field.entryMsrLoadCount];
  if (count === 0) return 0;
  m.hardware[field.sysenterEsp] = msrLists.entryLoad[0].value;
  if (count === 1) return 0;
  // L2 does not run: the processor holds what no VMCS does.
  m.heldSlot = none;
  return count;
}
