import { notificationVector, sipiVector } from '../../../../spec/nested-vmx/universe.ts';
import { exitReasons } from '../../../../spec/vmx/exit-reasons.ts';
import { activityStates } from '../../../../spec/vmx/guest-non-register-state.ts';
import * as action from '../actions.ts';
import * as control from '../controls.ts';
import { exitToL1 } from '../exit.ts';
import type { GuestState } from '../guest-state.ts';
import { interruptInfo, nmiInfo } from '../information.ts';
import { acknowledge, interruptSource } from '../interrupt-controllers.ts';
import type { Machine } from '../machine.ts';
import { exitInformationWord } from '../outputs.ts';
import { processPosted } from '../posted-processing.ts';
import { deliverToL2 } from './delivery.ts';

const { hlt, waitForSipi } = activityStates;

/** What the boundary of L2 would do: the first that applies. */
export function lookL2(m: Machine): number {
  const { vmcs } = m;
  const { controls, guest } = vmcs;
  const { activity, blocking } = guest;
  if (activity === waitForSipi) return m.sipi ? action.sipiExit : action.nothing;
  if (m.init) return action.initExit;
  if (m.mtf && activity <= hlt) return action.mtfExit;
  if (m.timer) return action.timerExit;
  if ((controls & control.nmiWindow) !== 0 && guest.nmi === 0 && (blocking & m.holdsNmi) === 0) {
    return action.nmiWindowExit;
  }
  if (m.nmi && ((controls & control.virtualNmis) !== 0 || guest.nmi === 0)) {
    if ((controls & control.nmiExiting) !== 0) {
      if ((blocking & m.holdsNmiExit) === 0) return action.nmiExit;
    } else if ((blocking & m.holdsNmi) === 0) {
      return action.nmiDelivery;
    }
  }
  return activity <= hlt ? lookAtInterrupts(m, guest, controls) : action.nothing;
}

function lookAtInterrupts(m: Machine, guest: GuestState, controls: number): number {
  if (guest.open) {
    if ((controls & control.interruptWindow) !== 0) return action.interruptWindowExit;
    if (m.virtual.recognized) return action.virtualDelivery;
  }
  if ((controls & control.externalInterruptExiting) === 0) {
    return guest.open && interruptSource(m) !== 0 ? action.interruptDelivery : action.nothing;
  }
  if ((guest.blocking & m.holdsInterruptExit) !== 0) return action.nothing;
  const source = interruptSource(m);
  if (source === 0) return action.nothing;
  const processed = source === notificationVector && (controls & control.postedInterrupts) !== 0;
  return processed ? action.processing : action.interruptExit;
}

/** A VM exit of the bare processor. */
export function exitFromL2(m: Machine, reason: number, qualification = 0, information = 0, length = 0): void {
  const { guest } = m.vmcs;
  exitToL1(m, guest, guest.nmi, reason, qualification, information, length);
}

/** The boundary of L2. Whether it acted. */
export function boundaryL2(m: Machine): boolean {
  const what = lookL2(m);
  switch (what) {
    case action.nothing:
      return false;
    case action.sipiExit:
      exitFromL2(m, exitReasons.sipi, sipiVector);
      break;
    case action.initExit:
      m.init = false;
      exitFromL2(m, exitReasons.init);
      break;
    case action.mtfExit:
      exitFromL2(m, exitReasons.monitorTrapFlag);
      break;
    case action.timerExit:
      exitFromL2(m, exitReasons.preemptionTimer);
      break;
    case action.nmiWindowExit:
      exitFromL2(m, exitReasons.nmiWindow);
      break;
    case action.nmiExit:
      m.nmi = false;
      exitFromL2(m, exitReasons.exceptionOrNmi, 0, nmiInfo);
      // "After the exit": what was saved is blocking as it was before the NMI.
      m.l1.nmi = 1;
      break;
    case action.nmiDelivery:
      m.nmi = false;
      deliverToL2(m, nmiInfo);
      break;
    case action.interruptWindowExit:
      exitFromL2(m, exitReasons.interruptWindow);
      break;
    case action.virtualDelivery:
      m.virtualChanged = true;
      deliverToL2(m, interruptInfo(m.virtual.deliver()));
      break;
    case action.interruptExit:
      exitForInterrupt(m);
      break;
    case action.processing:
      processPosted(m);
      break;
    default: {
      const source = interruptSource(m);
      acknowledge(m, source);
      deliverToL2(m, interruptInfo(source));
    }
  }
  return true;
}

function exitForInterrupt(m: Machine): void {
  const acknowledges = m.vmcs.has(control.acknowledgeInterrupt);
  exitFromL2(m, exitReasons.externalInterrupt);
  if (!acknowledges) return;
  const source = interruptSource(m);
  acknowledge(m, source);
  m.words[exitInformationWord] = interruptInfo(source);
}
