import { debugBits } from '../../../spec/idt-vectoring/universe.ts';
import { ahead } from './handler.ts';
import type { Machine } from './machine.ts';

/** An instruction completes. What it changes of TF and of the shadows, it changes after this. */
export function complete(m: Machine, length: number): void {
  m.rip = ahead(m.rip, length);
  m.resumeFlag = 0;
  m.sti = 0;
  m.movss = 0;
  if (m.trapFlag !== 0) m.debug |= debugBits.singleStep;
  m.begun = 0;
}
