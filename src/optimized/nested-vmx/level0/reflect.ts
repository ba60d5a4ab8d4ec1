import { exitToL1 } from '../exit.ts';
import type { Machine } from '../machine.ts';
import { nmiBlockingOfL2 } from './composition.ts';

/**
 * L0, which has control, gives L1 a VM exit of L2. What it holds for L2 "goes into the exit to L1 or ends with L2", and
 * windows and requests are made anew for 01.
 */
export function reflect(
  m: Machine,
  reason: number,
  qualification = 0,
  information = 0,
  length = 0,
  vectoring = 0,
  vectoringError = 0,
): void {
  const { l0, vmcs } = m;
  const nmi = nmiBlockingOfL2(m);
  // At once: what bit 3 means is by the controls as they are now.
  vmcs.guest.nmi = nmi;
  exitToL1(m, l0.vmcs02.guest, nmi, reason, qualification, information, length, vectoring, vectoringError);
  l0.vmcs02.inject(0, 0, 0);
  l0.inFlight = false;
  l0.looked = false;
}
