import { sipiVector } from '../../../../spec/nested-vmx/universe.ts';
import { exitReasons } from '../../../../spec/vmx/exit-reasons.ts';
import * as action from '../actions.ts';
import { acknowledgeInterrupt } from '../controls.ts';
import { interruptInfo, nmiInfo } from '../information.ts';
import { acknowledge, interruptSource } from '../interrupt-controllers.ts';
import type { Machine } from '../machine.ts';
import { exitInformationWord } from '../outputs.ts';
import { processPosted } from '../posted-processing.ts';
import { boundary, delivered, wentOn } from './boundary.ts';
import { enter, injectAndEnter } from './enter.ts';
import { leave } from './leave.ts';
import { look } from './look.ts';
import { reflect } from './reflect.ts';

/**
 * Brings the running level onto the processor and through its boundary, with as many exits to L0 as that takes. Whether
 * something happened that L1 or L2 can see; if not, the level executes its next instruction.
 */
export function runToBoundary(m: Machine): boolean {
  const { l0 } = m;
  for (;;) {
    if (l0.onProcessor && l0.request) leave(m);
    if (!l0.onProcessor) {
      if (!l0.looked || l0.request) look(m);
      if (l0.plan !== action.nothing) {
        perform(m, l0.plan);
        return true;
      }
      enter(m);
    }
    const what = boundary(m);
    if (what === wentOn) return false;
    if (what === delivered) return true;
    leave(m);
  }
}

/** L0 does what it has found at its last look. */
function perform(m: Machine, plan: number): void {
  const { l0 } = m;
  // What waits behind it is looked at again.
  l0.request = true;
  switch (plan) {
    case action.sipiExit:
      reflect(m, exitReasons.sipi, sipiVector);
      break;
    case action.initExit:
      m.init = false;
      reflect(m, exitReasons.init);
      break;
    case action.mtfExit:
      reflect(m, exitReasons.monitorTrapFlag);
      break;
    case action.timerExit:
      reflect(m, exitReasons.preemptionTimer);
      break;
    case action.nmiWindowExit:
      reflect(m, exitReasons.nmiWindow);
      break;
    case action.nmiExit:
      m.nmi = false;
      reflect(m, exitReasons.exceptionOrNmi, 0, nmiInfo);
      m.l1.nmi = 1;
      break;
    case action.nmiDelivery:
      m.nmi = false;
      inject(m, nmiInfo);
      break;
    case action.interruptWindowExit:
      reflect(m, exitReasons.interruptWindow);
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
      inject(m, interruptInfo(source));
    }
  }
}

/** L0 gives the running level an event of its own finding, and nothing is recognized until it is delivered. */
function inject(m: Machine, info: number): void {
  m.l0.inFlight = true;
  injectAndEnter(m, info, 0, 0);
}

/** "The acknowledge is part of the exit, after L2 was left": it belongs to the local APIC of L1. */
function exitForInterrupt(m: Machine): void {
  const acknowledges = m.vmcs.has(acknowledgeInterrupt);
  reflect(m, exitReasons.externalInterrupt);
  if (!acknowledges) return;
  const source = interruptSource(m);
  acknowledge(m, source);
  m.words[exitInformationWord] = interruptInfo(source);
}
