import { lineVector } from '../../../../spec/nested-vmx/universe.ts';
import { activityStates } from '../../../../spec/vmx/guest-non-register-state.ts';
import { has } from '../../local-apic/index.ts';
import { interruptWindow } from '../controls.ts';
import { carryOut, eoi, executes, iret, nop, tpr } from '../instructions.ts';
import { broadcast, endOfInterrupt, writePriority } from '../interrupt-controllers.ts';
import type { Machine } from '../machine.ts';
import type { VmWrite } from '../vmwrites.ts';
import { sync12 } from './composition.ts';
import { leave } from './leave.ts';
import { runToBoundary } from './run.ts';
import { isEmulated, refetch } from './traps.ts';

/** An instruction of L1 behind its boundary. */
export function instructionOfL1(m: Machine, instruction: number, value: number): boolean {
  if (m.l2Runs || !executes(instruction, m.current)) return false;
  if (runToBoundary(m)) return true;
  refetch(m);
  const intercepted = !m.l0Apicv && (instruction === eoi || instruction === tpr);
  if (isEmulated(m)) {
    accessBySoftware(m, instruction, value);
  } else if (intercepted) {
    leave(m);
    accessBySoftware(m, instruction, value);
  } else {
    accessByProcessor(m, instruction, value);
  }
  const { current } = m;
  if (instruction === iret) current.nmi = 0;
  current.blocking = carryOut(instruction, current, m.frames1);
  return true;
}

/** L0 does what L1 does to its local APIC, and looks at what follows from it. */
function accessBySoftware(m: Machine, instruction: number, value: number): void {
  if (instruction === eoi) endOfInterrupt(m);
  else if (instruction === tpr) writePriority(m, value);
}

/** The processor virtualizes what L1 does to its local APIC. The level-triggered vector has an EOI exit. */
function accessByProcessor(m: Machine, instruction: number, value: number): void {
  if (instruction !== eoi && instruction !== tpr) return;
  const { l0, apic } = m;
  const window = (l0.vmcs01.controls & interruptWindow) !== 0;
  m.apicChanged = true;
  if (instruction === tpr) {
    l0.virtual.writeTpr(value, window);
    return;
  }
  const vector = l0.virtual.endOfInterrupt();
  if (vector !== lineVector) {
    l0.virtual.evaluate(window);
    return;
  }
  leave(m);
  if (has(apic.tmr, vector)) broadcast(m, vector);
}

export function waitInL1(m: Machine): boolean {
  if (m.l2Runs || m.current.activity === activityStates.active) return false;
  runToBoundary(m);
  return true;
}

/** A VMX instruction of L1 exits to L0; or what it writes is watched by L0. Whether it came to that. L0 has control. */
export function exitsToL0(m: Machine): boolean {
  if (runToBoundary(m)) return false;
  refetch(m);
  if (!isEmulated(m)) leave(m);
  return true;
}

/** Whether L1 executes instructions. */
export const runsL1 = (m: Machine): boolean => !m.l2Runs && executes(nop, m.current);

/** A VMWRITE, or a write of L1 to memory that concerns L2. */
export function writeOfL1(m: Machine, write: VmWrite, a: number, b: number): boolean {
  if (!runsL1(m)) return false;
  if (!exitsToL0(m)) return true;
  write(m, a, b);
  m.l1.blocking = 0;
  return true;
}

/** A VMWRITE to the guest-state area: 12 is brought up to date first, and is then ahead of 02. */
export function writeOfGuestState(m: Machine, write: VmWrite, a: number, b: number): boolean {
  if (!runsL1(m)) return false;
  if (!exitsToL0(m)) return true;
  sync12(m);
  write(m, a, b);
  m.l0.guest02Stale = true;
  m.l1.blocking = 0;
  return true;
}
