import { readViolation } from '../../../../spec/nested-vmx/universe.ts';
import { exitReasons } from '../../../../spec/vmx/exit-reasons.ts';
import { activityStates } from '../../../../spec/vmx/guest-non-register-state.ts';
import { monitorTrapFlag } from '../controls.ts';
import { exitToL1 } from '../exit.ts';
import { isNmi, vectorIn } from '../information.ts';
import type { Machine } from '../machine.ts';
import { tellDelivery } from '../outputs.ts';

/** An event goes through the IDT of L1. */
export function deliverToL1(m: Machine, info: number): void {
  const { l1 } = m;
  l1.activity = activityStates.active;
  l1.blocking = 0;
  tellDelivery(m, 1, info, 0, 0, l1);
  m.frames1.push(l1.interrupts);
  l1.interrupts = 0;
  if (isNmi(info)) l1.nmi = 1;
}

/** An event goes through the IDT of L2, or its delivery meets a page that L1's EPT does not map. */
export function deliverToL2(m: Machine, info: number, error = 0, length = 0): void {
  const { vmcs } = m;
  const { guest } = vmcs;
  guest.activity = activityStates.active;
  guest.blocking = 0;
  if (isNmi(info)) guest.nmi = 1;
  if (!vmcs.idt) {
    exitToL1(m, guest, guest.nmi, exitReasons.eptViolation, readViolation, 0, length, info, error);
    return;
  }
  tellDelivery(m, 2, info, error, length, guest);
  m.frames2.push(guest.interrupts);
  guest.enterHandler(vectorIn(info));
  if (vmcs.has(monitorTrapFlag)) m.mtf = true;
}
