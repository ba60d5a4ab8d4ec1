import { activityStates } from '../../../../spec/vmx/guest-non-register-state.ts';
import { eventTypes } from '../../../../spec/vmx/interruption-information.ts';
import { interruptWindow, preemptionTimer, virtualInterruptDelivery, virtualNmis } from '../controls.ts';
import { entryIsAccepted, startL2 } from '../entry.ts';
import { typeOf } from '../information.ts';
import { carryOut, eoi, executes, iret, nop, tpr } from '../instructions.ts';
import { endOfInterrupt, writePriority } from '../interrupt-controllers.ts';
import type { Machine } from '../machine.ts';
import type { VmWrite } from '../vmwrites.ts';
import { boundaryL1 } from './boundary-l1.ts';
import { deliverToL2 } from './delivery.ts';

/** An instruction of L1 behind its boundary. */
export function instructionOfL1(m: Machine, instruction: number, value: number): boolean {
  const { l1 } = m;
  if (m.l2Runs || !executes(instruction, l1)) return false;
  if (boundaryL1(m)) return true;
  if (instruction === eoi) endOfInterrupt(m);
  else if (instruction === tpr) writePriority(m, value);
  else if (instruction === iret) l1.nmi = 0;
  l1.blocking = carryOut(instruction, l1, m.frames1);
  return true;
}

export function waitInL1(m: Machine): boolean {
  if (m.l2Runs || m.l1.activity === activityStates.active) return false;
  boundaryL1(m);
  return true;
}

/** A VMWRITE, or a write of L1 to memory that concerns L2. */
export function writeOfL1(m: Machine, write: VmWrite, a: number, b: number): boolean {
  const { l1 } = m;
  if (m.l2Runs || !executes(nop, l1)) return false;
  if (boundaryL1(m)) return true;
  write(m, a, b);
  l1.blocking = 0;
  return true;
}

/** VMLAUNCH or VMRESUME. "Nothing is recognized": the first boundary of L2 belongs to the next event. */
export function enterL2(m: Machine): boolean {
  const { l1, vmcs, virtual } = m;
  const { controls, guest } = vmcs;
  if (m.l2Runs || !executes(nop, l1)) return false;
  if (boundaryL1(m) || !entryIsAccepted(m, guest)) return true;
  startL2(m, guest);
  m.timer = (controls & preemptionTimer) !== 0 && vmcs.expired;
  if ((controls & virtualInterruptDelivery) !== 0) {
    virtual.virtualizePpr();
    virtual.evaluate((controls & interruptWindow) !== 0);
  }
  const info = vmcs.entryInformation;
  if (info >= 0) return true;
  if (typeOf(info) === eventTypes.other) m.mtf = true;
  else deliverToL2(m, info, vmcs.entryError, vmcs.entryLength);
  return true;
}

/** NMIs blocked, whoever runs: "with 'virtual NMIs' they are not blocked while L2 runs, and else by bit 3." */
export function nmisBlocked(m: Machine): number {
  if (!m.l2Runs) return m.l1.nmi;
  return m.vmcs.has(virtualNmis) ? 0 : m.vmcs.guest.nmi;
}
