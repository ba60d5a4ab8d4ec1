import { instructionLengths, readViolation } from '../../../../spec/nested-vmx/universe.ts';
import { exitReasons } from '../../../../spec/vmx/exit-reasons.ts';
import { activityStates } from '../../../../spec/vmx/guest-non-register-state.ts';
import * as control from '../controls.ts';
import { invalidOpcodeInfo } from '../information.ts';
import * as instructions from '../instructions.ts';
import { endOfInterrupt, writePriority } from '../interrupt-controllers.ts';
import type { Machine } from '../machine.ts';
import { deliver, injectAndEnter } from './enter.ts';
import { leave } from './leave.ts';
import { reflect } from './reflect.ts';
import { runToBoundary } from './run.ts';
import { isEmulated, refetch } from './traps.ts';

/** An instruction of L2 behind its boundary. */
export function instructionOfL2(m: Machine, instruction: number, value: number): boolean {
  if (!m.l2Runs || !instructions.executes(instruction, m.current)) return false;
  if (runToBoundary(m)) return true;
  refetch(m);
  if (!isEmulated(m)) {
    if (executeNatively(m, instruction, value)) return true;
    leave(m);
  }
  emulate(m, instruction, value);
  return true;
}

const vmcallOrRead = (instruction: number): boolean =>
  instruction === instructions.vmcall || instruction === instructions.read;

/** The processor executes it with 02; false: it exits. */
function executeNatively(m: Machine, instruction: number, value: number): boolean {
  const { l0 } = m;
  const { controls } = l0.vmcs02;
  switch (instruction) {
    case instructions.hlt:
      if ((controls & control.hltExiting) !== 0) return false;
      break;
    case instructions.invalidOpcode:
      if ((controls & control.invalidOpcodeExiting) !== 0) return false;
      deliver(m, invalidOpcodeInfo, 0, 0);
      return true;
    case instructions.eoi:
    case instructions.tpr:
      if ((controls & control.apicAccess) === 0) return false;
      writeVirtual(m, instruction, value, (controls & control.interruptWindow) !== 0);
      break;
    default:
      if (vmcallOrRead(instruction)) return false;
  }
  complete(m, instruction);
  if ((controls & control.monitorTrapFlag) !== 0) l0.mtf = true;
  return true;
}

/** L0, which has control, reflects an instruction to L1, or does it in the place of L2. */
function emulate(m: Machine, instruction: number, value: number): void {
  const { controls } = m.vmcs;
  switch (instruction) {
    case instructions.hlt:
      if ((controls & control.hltExiting) === 0) break;
      reflect(m, exitReasons.hlt, 0, 0, instructionLengths.hlt);
      return;
    case instructions.vmcall:
      reflect(m, exitReasons.vmcall, 0, 0, instructionLengths.vmcall);
      return;
    case instructions.read:
      reflect(m, exitReasons.eptViolation, readViolation);
      return;
    case instructions.invalidOpcode:
      if ((controls & control.invalidOpcodeExiting) !== 0) {
        reflect(m, exitReasons.exceptionOrNmi, 0, invalidOpcodeInfo);
      } else {
        m.l0.inFlight = true;
        injectAndEnter(m, invalidOpcodeInfo, 0, 0);
      }
      return;
    case instructions.eoi:
    case instructions.tpr:
      if ((controls & control.apicAccess) === 0) {
        reflect(m, exitReasons.wrmsr, 0, 0, instructionLengths.wrmsr);
        return;
      }
      if ((controls & control.virtualInterruptDelivery) !== 0) writeVirtual(m, instruction, value, true);
      else writeOfL1sApic(m, instruction, value);
      break;
    default:
  }
  complete(m, instruction);
  // "Shadow, MTF, position are L0's duty."
  if ((controls & control.monitorTrapFlag) !== 0) m.mtf = true;
}

/** An instruction has completed, on the processor or by L0. */
function complete(m: Machine, instruction: number): void {
  const { current } = m;
  // With "virtual NMIs", as 02 has it; the account that L0 keeps itself does not change.
  if (instruction === instructions.iret) current.nmi = 0;
  current.blocking = instructions.carryOut(instruction, current, m.frames2);
  current.advance();
}

/** EOI or TPR of the virtual-APIC page of L2; with `window` nothing is recognized before the next entry. */
function writeVirtual(m: Machine, instruction: number, value: number, window: boolean): void {
  const { virtual } = m;
  m.virtualChanged = true;
  if (instruction === instructions.tpr) {
    virtual.writeTpr(value, window);
    return;
  }
  virtual.endOfInterrupt();
  virtual.evaluate(window);
}

/** An access of L2 that L1 lets through to its own local APIC. */
function writeOfL1sApic(m: Machine, instruction: number, value: number): void {
  if (instruction === instructions.eoi) endOfInterrupt(m);
  else writePriority(m, value);
}

export function waitInL2(m: Machine): boolean {
  if (!m.l2Runs || m.current.activity === activityStates.active) return false;
  runToBoundary(m);
  return true;
}
