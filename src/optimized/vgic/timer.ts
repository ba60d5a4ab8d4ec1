import { type Machine, touchPhysical } from './machine.ts';

/** "Should fire iff enabled, not masked, and the deadline is now." */
export const timerFires = (m: Machine, v: number): boolean =>
  (m.timerOn[v] & m.timerExpired[v]) !== 0 && m.timerMasked[v] === 0;

/** Lets the timer of a loaded virtual CPU drive the line of physical 27. */
export function driveTimer(m: Machine, v: number): void {
  const p = m.loadedOn[v];
  m.physicalLine[p] = timerFires(m, v) ? 1 : 0;
  touchPhysical(m, p);
}

const now = 0;
const never = 1;

/** `deadline` as its place in the domain: now, never, later. */
export function programTimer(m: Machine, v: number, deadline: number, masked: number): boolean {
  if (m.runs[v] === 0) return false;
  m.timerOn[v] = deadline === never ? 0 : 1;
  m.timerExpired[v] = deadline === now ? 1 : 0;
  m.timerMasked[v] = masked;
  driveTimer(m, v);
  return true;
}

/** Every timer that is set to later expires. */
export function tick(m: Machine): boolean {
  let any = false;
  for (let v = 0; v < m.vcpus; v++) {
    if (m.timerOn[v] === 0 || m.timerExpired[v] !== 0) continue;
    any = true;
    m.timerExpired[v] = 1;
    if (m.loadedOn[v] >= 0) driveTimer(m, v);
  }
  return any;
}
