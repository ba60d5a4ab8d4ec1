import { debugBits } from '../../../spec/idt-vectoring/universe.ts';
import { none, nonMaskable, valid } from './events.ts';
import type { Machine } from './machine.ts';
import { entryWords } from './words.ts';

/** What a VM entry does up to the delivery of the event that it injects: the guest is inside after it. */
export function enter(m: Machine, event: number, error: number, length: number): void {
  const { words } = m;
  m.crossed = true;
  m.outside = 0;
  // VM entry with TF 1 in a shadow or in HLT asks for a pending single-step exception.
  if (m.trapFlag !== 0 && (m.sti | m.movss | m.halted) !== 0) m.debug |= debugBits.singleStep;
  // With virtual NMIs, VM entry that injects an NMI asks for bit 3 to be 0.
  const blocking = event === nonMaskable && m.virtualNmi ? 0 : m.nmiBlocked;
  words[entryWords]++;
  words[entryWords + 1] = event === none ? 0 : event | valid;
  words[entryWords + 2] = error;
  words[entryWords + 3] = length;
  words[entryWords + 4] = m.sti | (m.movss << 1) | (blocking << 3);
  words[entryWords + 5] = m.debug;
}

/** A VM entry that fails: the fields keep what they had. */
export function failEntry(m: Machine, failure: number, kept: number): void {
  m.words[entryWords + 6] = failure;
  m.words[entryWords + 7] = kept;
}
