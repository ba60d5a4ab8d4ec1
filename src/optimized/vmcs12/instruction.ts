import { resumeFlag } from './bits.ts';
import { boundary } from './boundary.ts';
import * as control from './controls.ts';
import { exit } from './exit.ts';
import * as field from './field-numbers.ts';
import { dirtyL2, type Machine } from './machine.ts';
import { stepsSingly } from './mode.ts';

const singleStep = 0x4000;
export const stiShadow = 1;
export const movSsShadow = 2;

/** Whether L2 can execute an instruction, which begins with that. */
export function begins(m: Machine): boolean {
  if (!m.l2Runs || m.hardware[field.activity] !== 0) return false;
  m.singleSteps = stepsSingly(m);
  return true;
}

function retire(m: Machine, length: number, shadow: number): void {
  const { hardware } = m;
  hardware[field.rip] += length;
  hardware[field.rflags] &= ~resumeFlag;
  hardware[field.interruptibility] = (hardware[field.interruptibility] & ~3) | shadow;
  if (m.singleSteps) hardware[field.pendingDebug] |= singleStep;
  m.dirty |= dirtyL2;
}

/** The instruction has completed, and leaves a shadow or none. Always true: no event that comes so far is skipped. */
export function complete(m: Machine, length: number, shadow = 0): true {
  retire(m, length, shadow);
  if (control.has(m.vmcs.fields, control.monitorTrapFlag)) m.mtfDue = true;
  boundary(m);
  return true;
}

/** The instruction completes, and exits behind itself. */
export function completeAndExit(m: Machine, length: number, reason: number, qualification: number): true {
  retire(m, length, 0);
  exit(m, reason, qualification);
  return true;
}
