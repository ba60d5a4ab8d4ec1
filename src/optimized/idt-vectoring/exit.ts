import { valid } from './events.ts';
import type { Machine } from './machine.ts';
import { clientWords, exitWords } from './words.ts';

/** Basic exit reasons. */
export const reasons = {
  exception: 0,
  externalInterrupt: 1,
  tripleFault: 2,
  nmiWindow: 8,
  taskSwitch: 9,
  apicAccess: 44,
  eptViolation: 48,
  eptMisconfiguration: 49,
  preemptionTimer: 52,
  pmlFull: 62,
} as const;

/** A VM exit that tells of no event. The state saved is that of the moment. */
export function exit(m: Machine, reason: number, qualification: number): void {
  const { words } = m;
  m.crossed = true;
  words[exitWords]++;
  words[exitWords + 1] = reason;
  words[exitWords + 2] = qualification;
  for (let i = 3; i < 8; i++) words[exitWords + i] = 0;
  words[exitWords + 8] = m.rip;
  words[exitWords + 9] = m.sti | (m.movss << 1) | (m.nmiBlocked << 3);
  words[exitWords + 10] = m.halted;
  words[exitWords + 11] = m.resumeFlag;
  words[exitWords + 12] = m.debug;
  // The exit has cleared bit 31 of the VM-entry interruption information.
  words[exitWords + 13] = 0;
}

/** Adds the VM-exit interruption information to the exit. `event` can have bit 12. */
export function tellException(m: Machine, event: number, error: number): void {
  m.words[exitWords + 3] = event | valid;
  m.words[exitWords + 4] = error;
}

/** Adds the length of the instruction whose exception exits directly. */
export function tellLength(m: Machine, length: number): void {
  m.words[exitWords + 7] = length;
}

/** Adds the event whose delivery the exit has cut short. */
export function tellVectoring(m: Machine, event: number, error: number, length: number): void {
  const { words } = m;
  words[exitWords + 5] = event | valid;
  words[exitWords + 6] = error;
  words[exitWords + 7] = length;
}

/** A triple fault saves a state that nobody can use. */
export function exitForTripleFault(m: Machine): void {
  exit(m, reasons.tripleFault, 0);
  for (let i = 8; i < 13; i++) m.words[exitWords + i] = 0;
}

/** L1 gets the EPT violation that is its own, with the event whose delivery it has cut short. */
export function tellClient(m: Machine, event: number, error: number, length: number): void {
  const { words } = m;
  words[clientWords] = reasons.eptViolation;
  words[clientWords + 1] = event | valid;
  words[clientWords + 2] = error;
  words[clientWords + 3] = length;
}
