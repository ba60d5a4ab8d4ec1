import { valid } from './information.ts';
import { virtualNmis } from './controls.ts';
import type { GuestState } from './guest-state.ts';
import type { Machine } from './machine.ts';
import { exitWords } from './outputs.ts';

/**
 * Fills the section `exit` from L2 as it is saved, and lets L1 run with its host state. `nmi` is bit 3 as it is saved:
 * "after an exit not caused directly by an NMI, NMIs that L2 had blocked are blocked in L1."
 */
export function exitToL1(
  m: Machine,
  saved: GuestState,
  nmi: number,
  reason: number,
  qualification = 0,
  information = 0,
  length = 0,
  vectoring = 0,
  vectoringError = 0,
): void {
  const { words, vmcs, l1 } = m;
  // "Every VM exit clears bit 31 of the VM-entry interruption-information field, and no other bit of it."
  vmcs.entryInformation &= ~valid;
  words[exitWords] = 1;
  words[exitWords + 1] = reason;
  words[exitWords + 2] = qualification;
  words[exitWords + 3] = information;
  words[exitWords + 4] = vectoring;
  words[exitWords + 5] = vectoringError;
  words[exitWords + 6] = length;
  words[exitWords + 7] = saved.position;
  words[exitWords + 8] = saved.interrupts;
  words[exitWords + 9] = saved.blocking | (nmi << 3);
  words[exitWords + 10] = saved.activity;
  words[exitWords + 11] = vmcs.entryInformation;

  m.l2Runs = false;
  startL1(m);
  l1.nmi = vmcs.has(virtualNmis) ? 0 : nmi;
  m.mtf = false;
  m.timer = false;
  m.sipi = false;
  m.virtual.recognized = false;
  m.apicChanged = true;
  m.virtualChanged = true;
}

/** L1 as a VM exit or a failed entry starts it; NMIs stay blocked or not. */
export function startL1(m: Machine): void {
  m.l1.startAsHost();
  m.frames1.clear();
  m.current = m.l1;
}
