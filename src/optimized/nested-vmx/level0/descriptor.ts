import { insert } from '../../local-apic/index.ts';
import { interruptWindow } from '../controls.ts';
import type { Machine } from '../machine.ts';
import { moveAll } from '../move-all.ts';

/**
 * L1's interrupt by way of its descriptor: while L1 is on the processor the notification is processed at once; else L0
 * finds it when it looks.
 */
export function post(m: Machine, vector: number): void {
  const { l0 } = m;
  insert(l0.pir, vector);
  l0.outstanding = true;
  if (!l0.onProcessor || m.l2Runs) {
    l0.request = true;
    return;
  }
  takePosted(m);
  l0.virtual.evaluate((l0.vmcs01.controls & interruptWindow) !== 0);
}

/** Moves what has been posted for L1 into IRR, by the processor or by software; RVI is raised. */
export function takePosted(m: Machine): void {
  const { l0 } = m;
  if (!l0.outstanding) return;
  l0.outstanding = false;
  l0.virtual.raiseRvi(moveAll(l0.pir, m.apic.irr));
}
