import { errorCode, valid, vectorOf } from './events.ts';
import type { Machine } from './machine.ts';
import { deliveryFields, deliveryWords } from './words.ts';

const byTaskSwitch = 8;

const offset = 0xfff;

/** RIP some bytes further in the same straight-line code. */
export const ahead = (rip: number, length: number): number => (rip & ~offset) | ((rip + length) & offset);

function reach(m: Machine, event: number, error: number, length: number, rf: number, how: number): void {
  const returnRip = ahead(m.rip, length);
  const flags = m.interruptFlag | (m.trapFlag << 1) | (rf << 2);
  // What returns past its instruction has completed it.
  m.frames.push(returnRip, flags, vectorOf(event), length === 0 ? m.begun : 0);
  m.rip = (1 + vectorOf(event)) << 12;
  if (m.interruptGates) m.interruptFlag = 0;
  m.trapFlag = 0;
  m.resumeFlag = 0;
  m.begun = 0;
  m.halted = 0;

  const { words } = m;
  const at = deliveryWords + deliveryFields * m.deliveries++;
  words[at] = (event & errorCode) | vectorOf(event) | valid;
  words[at + 1] = error;
  words[at + 2] = returnRip;
  words[at + 3] = flags | how | (m.generalDetect << 4) | (m.nmiBlocked << 5);
  words[at + 4] = m.cr2;
  words[at + 5] = m.dr6;
}

/** The frame of an event is pushed, and the first instruction of its handler is the next one. */
export function reachHandler(m: Machine, event: number, error: number, length: number, rf: number): void {
  reach(m, event, error, length, rf, 0);
}

/** The same by a task switch. */
export function reachTask(m: Machine, event: number, error: number, length: number, rf: number): void {
  reach(m, event, error, length, rf, byTaskSwitch);
}
