import { activityStates } from '../../../../spec/vmx/guest-non-register-state.ts';
import * as control from '../controls.ts';
import { interruptInfo } from '../information.ts';
import type { Machine } from '../machine.ts';
import { deliver } from './enter.ts';

const { hlt, waitForSipi } = activityStates;

/** What {@link boundary} did. */
export const wentOn = 0;
export const delivered = 1;
export const exited = 2;

/** The boundary of whoever is on the processor. Which exit it is L0 finds out when it looks. */
export function boundary(m: Machine): number {
  const { l0 } = m;
  const { activity, blocking, nmi, open } = l0.registers;
  if (activity === waitForSipi) return wentOn;
  const { controls } = m.l2Runs ? l0.vmcs02 : l0.vmcs01;
  if (l0.mtf && activity <= hlt) return exited;
  if (l0.timer) return exited;
  if ((controls & control.nmiWindow) !== 0 && nmi === 0 && (blocking & m.holdsNmi) === 0) return exited;
  if (!open || activity > hlt) return wentOn;
  if ((controls & control.interruptWindow) !== 0) return exited;
  const virtual = m.l2Runs ? m.virtual : l0.virtual;
  if (!virtual.recognized) return wentOn;
  m.virtualChanged = true;
  m.apicChanged = true;
  deliver(m, interruptInfo(virtual.deliver()), 0, 0);
  return delivered;
}
