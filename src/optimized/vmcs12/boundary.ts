import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { btf, interruptFlag, lbr } from './bits.ts';
import * as control from './controls.ts';
import { deliver, exceptionExit, trap } from './delivery.ts';
import { exit } from './exit.ts';
import * as field from './field-numbers.ts';
import { intercepted } from './interception.ts';
import type { Machine } from './machine.ts';
import { inShadow } from './mode.ts';
import { nmiBlocking } from './nmi-blocking.ts';

const movSs = 2;
const halted = 1;
const waitsForSipi = 3;
const debugTrap = 0x8000_0301;
/** A pending debug exception is one by bit 12 or bit 14. */
const isTrap = 0x5000;
const causeBits = 0x400f;

/** An instruction boundary of L2, the first of all after an entry. */
export function boundary(m: Machine): void {
  const { hardware } = m;
  for (;;) {
    const { mtfDue } = m;
    m.mtfDue = false;
    if (mtfDue && hardware[field.activity] <= halted) {
      exit(m, exitReasons.monitorTrapFlag, 0);
      return;
    }
    const pending = hardware[field.pendingDebug];
    if ((pending & isTrap) === 0 || (hardware[field.interruptibility] & movSs) !== 0) break;
    hardware[field.pendingDebug] = 0;
    if (!debugException(m, pending & causeBits)) return;
  }
  look(m);
}

/** Whether L2 goes on in its handler. */
function debugException(m: Machine, causes: number): boolean {
  if (intercepted(m, control.interceptDb, exitReasons.exceptionOrNmi)) {
    exceptionExit(m, debugTrap, causes);
    return false;
  }
  m.dr6 |= causes;
  m.hardware[field.debugctl] &= ~(lbr | btf);
  return deliver(m, debugTrap, 0, trap, 0);
}

/** What may exit where no trap is due. */
function look(m: Machine): void {
  const { hardware } = m;
  const { fields } = m.vmcs;
  const activity = hardware[field.activity];
  if (activity === waitsForSipi) return;
  if (control.has(fields, control.preemptionTimer) && hardware[field.timerValue] === 0) {
    exit(m, exitReasons.preemptionTimer, 0);
  } else if (inShadow(m)) {
    // A shadow holds back both windows.
  } else if (control.has(fields, control.nmiWindowExiting) && nmiBlocking(m) === 0) {
    exit(m, exitReasons.nmiWindow, 0);
  } else if (
    control.has(fields, control.interruptWindowExiting) &&
    (hardware[field.rflags] & interruptFlag) !== 0 &&
    activity <= halted
  ) {
    exit(m, exitReasons.interruptWindow, 0);
  }
}
