import { nothing } from '../actions.ts';
import { monitorTrapFlag } from '../controls.ts';
import { activityStates } from '../../../../spec/vmx/guest-non-register-state.ts';
import type { Machine } from '../machine.ts';
import { lookL1 } from './boundary-l1.ts';
import { lookL2 } from './boundary-l2.ts';

/** Whether a real processor can be sent something now: by L2 itself, alone, and not at the first instruction of a handler. */
export function canBeSent(m: Machine): boolean {
  if (!m.l2Runs) return true;
  const { guest } = m.vmcs;
  return (
    guest.activity === activityStates.active &&
    guest.blocking === 0 &&
    guest.handler === 0 &&
    !m.vmcs.has(monitorTrapFlag) &&
    lookL2(m) === nothing
  );
}

/** Whether L2 can do what takes several instructions on a real machine. */
export const canDoSeveral = (m: Machine): boolean => m.vmcs.guest.blocking === 0 && !m.vmcs.has(monitorTrapFlag);

/** Whether the boundary of the level that runs would act. */
export const wouldAct = (m: Machine): boolean => (m.l2Runs ? lookL2(m) : lookL1(m)) !== nothing;
