import type { Machine } from '../machine.ts';
import { compose, compose01 } from './composition.ts';
import { look } from './look.ts';
import { leave } from './leave.ts';
import { destroy, restore, save } from './save-restore.ts';

// "An event of L0 is never skipped in `nested`, and changes no section of the observation."

export function hostExit(m: Machine): boolean {
  if (m.l0.onProcessor) leave(m);
  return true;
}

export function hostLook(m: Machine): boolean {
  hostExit(m);
  look(m);
  return true;
}

const delivery = 0;
const instruction = 1;

/** `on` is the place in the domain. */
export function hostTrap(m: Machine, on: number): boolean {
  const { l0 } = m;
  if (on === delivery) l0.trapDelivery = true;
  else if (on === instruction) l0.trapInstruction = true;
  else l0.trapEmulation = true;
  return true;
}

export function hostWindow(m: Machine): boolean {
  m.l0.hostWindow = true;
  m.l0.request = true;
  return true;
}

/** 01 and 02 are cleared on this processor, and made again on another. */
export function hostMigrate(m: Machine): boolean {
  hostExit(m);
  const { l0 } = m;
  l0.looked = false;
  l0.vmcs01.clear();
  l0.vmcs02.clear();
  l0.composed = false;
  l0.statusStale = true;
  compose01(m);
  if (m.l2Runs) compose(m);
  return true;
}

export function hostSaveRestore(m: Machine): boolean {
  hostExit(m);
  save(m);
  destroy(m);
  restore(m);
  compose01(m);
  if (m.l2Runs) compose(m);
  return true;
}
