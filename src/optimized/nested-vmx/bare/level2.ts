import { instructionLengths, readViolation } from '../../../../spec/nested-vmx/universe.ts';
import { exitReasons } from '../../../../spec/vmx/exit-reasons.ts';
import { activityStates } from '../../../../spec/vmx/guest-non-register-state.ts';
import {
  apicAccess,
  hltExiting,
  interruptWindow,
  invalidOpcodeExiting,
  monitorTrapFlag,
  nmisBlockedForGood,
  virtualInterruptDelivery,
} from '../controls.ts';
import { invalidOpcodeInfo } from '../information.ts';
import * as instructions from '../instructions.ts';
import { endOfInterrupt, writePriority } from '../interrupt-controllers.ts';
import type { Machine } from '../machine.ts';
import { boundaryL2, exitFromL2 } from './boundary-l2.ts';
import { deliverToL2 } from './delivery.ts';

/** An instruction of L2 behind its boundary. */
export function instructionOfL2(m: Machine, instruction: number, value: number): boolean {
  if (!m.l2Runs || !instructions.executes(instruction, m.vmcs.guest)) return false;
  if (boundaryL2(m)) return true;
  const { vmcs } = m;
  const { controls, guest } = vmcs;
  switch (instruction) {
    case instructions.hlt:
      if ((controls & hltExiting) === 0) break;
      exitFromL2(m, exitReasons.hlt, 0, 0, instructionLengths.hlt);
      return true;
    case instructions.vmcall:
      exitFromL2(m, exitReasons.vmcall, 0, 0, instructionLengths.vmcall);
      return true;
    case instructions.invalidOpcode:
      if ((controls & invalidOpcodeExiting) !== 0) exitFromL2(m, exitReasons.exceptionOrNmi, 0, invalidOpcodeInfo);
      else deliverToL2(m, invalidOpcodeInfo);
      return true;
    case instructions.read:
      exitFromL2(m, exitReasons.eptViolation, readViolation);
      return true;
    case instructions.eoi:
    case instructions.tpr:
      if ((controls & apicAccess) === 0) {
        exitFromL2(m, exitReasons.wrmsr, 0, 0, instructionLengths.wrmsr);
        return true;
      }
      accessApic(m, instruction === instructions.eoi, value);
      break;
    case instructions.iret:
      if (!nmisBlockedForGood(controls)) guest.nmi = 0;
      break;
    default:
  }
  guest.blocking = instructions.carryOut(instruction, guest, m.frames2);
  guest.advance();
  if ((controls & monitorTrapFlag) !== 0) m.mtf = true;
  return true;
}

/** EOI, or a write of TPR, that L1 lets through. */
function accessApic(m: Machine, isEoi: boolean, value: number): void {
  const { vmcs, virtual } = m;
  if (!vmcs.has(virtualInterruptDelivery)) {
    if (isEoi) endOfInterrupt(m);
    else writePriority(m, value);
    return;
  }
  m.virtualChanged = true;
  const window = vmcs.has(interruptWindow);
  if (!isEoi) {
    virtual.writeTpr(value, window);
    return;
  }
  virtual.endOfInterrupt();
  virtual.evaluate(window);
}

export function waitInL2(m: Machine): boolean {
  if (!m.l2Runs || m.vmcs.guest.activity === activityStates.active) return false;
  boundaryL2(m);
  return true;
}
