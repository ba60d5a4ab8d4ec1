import { alphabet } from '../../../spec/idt-vectoring/alphabet.ts';
import { instructionLengths as lengths } from '../../../spec/idt-vectoring/universe.ts';
import { eventTypes } from '../../../spec/vmx/interruption-information.ts';
import { deliver } from './deliver.ts';
import { debugException, plainEvent } from './events.ts';
import { ahead } from './handler.ts';
import type { Machine } from './machine.ts';
import { raise } from './raise.ts';

const breakpoint = plainEvent(eventTypes.softwareException, 3);
const overflow = plainEvent(eventTypes.softwareException, 4);
const privileged = plainEvent(eventTypes.privilegedSoftwareException, 1);
const interrupts = Int32Array.from(alphabet.intn.args.vector.values, (vector) =>
  plainEvent(eventTypes.softwareInterrupt, vector),
);

/** INT3. */
export const int3 = (m: Machine): void => raise(m, breakpoint, 0, lengths.int3, 0, m.resumeFlag);

/** INTO with OF set. */
export const into = (m: Machine): void => raise(m, overflow, 0, lengths.into, 0, m.resumeFlag);

/** INT n: nothing intercepts it. */
export const intn = (m: Machine, vector: number): void => deliver(m, interrupts[vector], 0, lengths.intn, m.resumeFlag);

/** INT1: it has no bits in DR6, and leaves GD alone. */
export function int1(m: Machine): void {
  if (m.int1Type === eventTypes.privilegedSoftwareException) {
    raise(m, privileged, 0, lengths.int1, 0, m.resumeFlag);
    return;
  }
  m.rip = ahead(m.rip, lengths.int1);
  m.begun = 0;
  raise(m, debugException, 0, 0, 0, m.resumeFlag);
}
