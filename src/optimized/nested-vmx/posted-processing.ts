import { notificationVector } from '../../../spec/nested-vmx/universe.ts';
import { remove } from '../local-apic/index.ts';
import { interruptWindow } from './controls.ts';
import type { Machine } from './machine.ts';
import { moveAll } from './move-all.ts';
import { processedWord } from './outputs.ts';

/** Posted-interrupt processing for L2: "there is no exit", and IRR alone loses the notification vector. */
export function processPosted(m: Machine): void {
  const { virtual } = m;
  remove(m.apic.irr, notificationVector);
  m.l0.statusStale = true;
  m.outstanding = false;
  virtual.raiseRvi(moveAll(m.pir, virtual.page.irr));
  virtual.evaluate(m.vmcs.has(interruptWindow));
  m.words[processedWord] = 1;
  m.apicChanged = true;
  m.virtualChanged = true;
}
