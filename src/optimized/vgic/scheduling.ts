import { physicalTimer, timerPlace } from './interrupts.ts';
import { seed2015, touchInterface, touchPhysical, type Machine } from './machine.ts';
import { setActiveState } from './physical.ts';
import { flush } from './flush.ts';
import { fold } from './fold.ts';
import { inject, prune } from './routing.ts';
import { enterPersistent, exitPersistent, holdsMappedTimer } from './seed-2015.ts';
import { driveTimer, timerFires } from './timer.ts';

/** Enters the guest of virtual CPU `v`. */
export function enter(m: Machine, v: number): boolean {
  const p = m.loadedOn[v];
  if (p < 0 || m.runs[v] !== 0) return false;
  if (m.profile === seed2015) enterPersistent(m, v, p);
  else flush(m, v, p);
  m.runs[v] = 1;
  return true;
}

/** Leaves the guest: save, fold, prune. `v` runs. */
export function leave(m: Machine, v: number): void {
  const p = m.loadedOn[v];
  m.runs[v] = 0;
  if (m.profile === seed2015) {
    exitPersistent(m, v, p);
  } else {
    fold(m, v, p);
    prune(m, v);
  }
}

export function exit(m: Machine, v: number): boolean {
  if (m.runs[v] === 0) return false;
  leave(m, v);
  return true;
}

export function abortEntry(m: Machine, v: number): boolean {
  if (!enter(m, v)) return false;
  leave(m, v);
  return true;
}

export function load(m: Machine, v: number, p: number): boolean {
  if (v >= m.vcpus || p >= m.pcpus || m.loadedOn[v] >= 0 || m.tenant[p] >= 0) return false;
  m.loadedOn[v] = p;
  m.tenant[p] = v;
  m.vmcr[p] = m.savedVmcr[v];
  m.apr[p] = m.savedApr[v];
  touchInterface(m, p);
  const fires = timerFires(m, v);
  inject(m, v, timerPlace, fires);
  const owned = m.profile === seed2015 ? holdsMappedTimer(m, v) : (m.active[v] & (1 << timerPlace)) !== 0;
  setActiveState(m, physicalTimer, p, owned || fires);
  driveTimer(m, v);
  return true;
}

export function put(m: Machine, v: number): boolean {
  const p = m.loadedOn[v];
  if (p < 0 || m.runs[v] !== 0) return false;
  m.savedVmcr[v] = m.vmcr[p];
  m.savedApr[v] = m.apr[p];
  m.loadedOn[v] = -1;
  m.tenant[p] = -1;
  // "Shared devices cannot be left running when the guest is not running."
  m.physicalLine[p] = 0;
  touchPhysical(m, p);
  return true;
}
