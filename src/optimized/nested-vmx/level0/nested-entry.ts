import { eventTypes } from '../../../../spec/vmx/interruption-information.ts';
import { nmisBlockedForGood, preemptionTimer } from '../controls.ts';
import { entryIsAccepted, startL2 } from '../entry.ts';
import { isNmi, typeOf } from '../information.ts';
import type { Machine } from '../machine.ts';
import { compose, recentGuest, sync02, sync12 } from './composition.ts';
import { exitsToL0, runsL1 } from './level1.ts';
import { look } from './look.ts';
import { enter, injectAndEnter } from './enter.ts';

/** VMLAUNCH or VMRESUME of L1: L0 checks it, makes 02, and enters L2. */
export function enterL2(m: Machine): boolean {
  if (!runsL1(m)) return false;
  if (!exitsToL0(m)) return true;
  const { l0, vmcs } = m;
  // The checks of an injected NMI look at bit 3, which 02 has by its own controls.
  if (isNmi(vmcs.entryInformation)) sync12(m);
  const guest = recentGuest(m);
  if (!entryIsAccepted(m, guest)) {
    l0.looked = false;
    return true;
  }
  sync02(m);
  compose(m);
  startL2(m, l0.vmcs02.guest);
  l0.guest12Stale = true;
  m.timer = vmcs.has(preemptionTimer) && vmcs.expired;
  l0.nestedRunPending = true;
  const info = vmcs.entryInformation;
  if (info >= 0 || typeOf(info) === eventTypes.other) {
    // An injected MTF exit is L0's to make up.
    if (info < 0) m.mtf = true;
    look(m);
    enter(m);
    return true;
  }
  if (isNmi(info) && nmisBlockedForGood(vmcs.controls)) l0.nmisBlocked = 1;
  injectAndEnter(m, info, vmcs.entryError, vmcs.entryLength);
  return true;
}
