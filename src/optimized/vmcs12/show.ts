import { resumeFlag } from './bits.ts';
import * as control from './controls.ts';
import { cr0, cr4, seenByL2 } from './control-registers.ts';
import * as field from './field-numbers.ts';
import { read } from './lazy-fields.ts';
import { machineWords } from './layout.ts';
import {
  dirtyControls,
  dirtyExitInformation,
  dirtyGuestState,
  dirtyL1,
  dirtyL2,
  none,
  type Machine,
} from './machine.ts';
import { isUnusable } from './mode.ts';
import { nmiBlocking } from './nmi-blocking.ts';

/** Brings the words up to date with what changed during the event. */
export function show(m: Machine): void {
  const { dirty, layout, words } = m;
  m.dirty = 0;
  words[machineWords] = m.l2Runs ? 2 : 1;
  words[machineWords + 1] = m.current + 1;
  words[machineWords + 2] = m.launched;
  if ((dirty & dirtyGuestState) !== 0) showFields(m, layout.fieldWords, layout.exitWords);
  if ((dirty & dirtyExitInformation) !== 0) showFields(m, layout.exitWords, layout.controlWords);
  if ((dirty & dirtyControls) !== 0) showFields(m, layout.controlWords, layout.endOfFields);
  if ((dirty & dirtyL1) !== 0) {
    for (let i = 0; i < layout.l1Count; i++) words[layout.l1Words + i] = m.l1[i];
  }
  words[layout.sharedWords] = m.cr2;
  words[layout.sharedWords + 1] = m.dr6;
  words[layout.sharedWords + 2] = m.perfGlobal;
  words[layout.msrStoreWords] = m.msrStore[0];
  words[layout.msrStoreWords + 1] = m.msrStore[1];
  if ((dirty & dirtyL2) !== 0) {
    if (m.l2Runs) showL2(m);
    else words.fill(0, layout.l2Words);
  }
}

/** Fields as VMREAD would give them, but that those left in hardware stay there. */
function showFields(m: Machine, from: number, to: number): void {
  const { words } = m;
  if (m.current === none) {
    words.fill(0, from, to);
    return;
  }
  const { fieldAt, fieldWords } = m.layout;
  for (let at = from; at < to; at++) words[at] = read(m, fieldAt[at - fieldWords]);
}

function showL2(m: Machine): void {
  const { hardware, words } = m;
  const { fields } = m.vmcs;
  let at = m.layout.l2Words;
  words[at++] = seenByL2(m, cr0);
  words[at++] = hardware[field.cr3];
  words[at++] = seenByL2(m, cr4);
  words[at++] = hardware[field.dr7];
  words[at++] = hardware[field.rsp];
  words[at++] = hardware[field.rip];
  words[at++] = hardware[field.rflags] & ~resumeFlag;
  words[at++] = hardware[field.csSelector];
  words[at++] = hardware[field.ssSelector];
  words[at++] = hardware[field.dsSelector];
  words[at++] = hardware[field.fsSelector];
  words[at++] = hardware[field.ldtrSelector];
  words[at++] =
    (isUnusable(m, field.ssAccessRights) ? 0 : 1) |
    (isUnusable(m, field.dsAccessRights) ? 0 : 2) |
    (isUnusable(m, field.fsAccessRights) ? 0 : 4) |
    (isUnusable(m, field.ldtrAccessRights) ? 0 : 8);
  words[at++] = hardware[field.fsBase];
  words[at++] = hardware[field.gdtrBase];
  words[at++] = hardware[field.gdtrLimit];
  words[at++] = hardware[field.idtrBase];
  words[at++] = hardware[field.idtrLimit];
  words[at++] = hardware[field.sysenterCs];
  words[at++] = hardware[field.sysenterEsp];
  words[at++] = hardware[field.pat];
  words[at++] = hardware[field.efer];
  words[at++] = hardware[field.activity];
  words[at++] = (hardware[field.interruptibility] & 3) | nmiBlocking(m);
  words[at++] = control.has(fields, control.virtualInterruptDelivery) ? hardware[field.interruptStatus] : 0;
  words[at++] = control.has(fields, control.ept) ? fields[field.eptp] : 0;
  words[at++] = hardware[field.debugctl];
  words[at++] = m.mpx ? hardware[field.bndcfgs] : 0;
  words[at++] = control.has(fields, control.preemptionTimer) ? hardware[field.timerValue] : 0;
  words[at] = hardware[field.pendingDebug];
}
