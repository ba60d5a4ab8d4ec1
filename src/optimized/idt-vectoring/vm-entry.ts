import { writeDr6 } from './debug-registers.ts';
import { deliver } from './deliver.ts';
import { enter } from './enter.ts';
import { debugException, none, nonMaskable } from './events.ts';
import type { Machine } from './machine.ts';

/** A VM entry of the hypervisor, with the event that it has in hand. */
export function vmEntry(m: Machine): void {
  const { inflight, inflightError, inflightLength, payload } = m;
  m.inflight = none;
  m.inflightError = 0;
  m.inflightLength = 0;
  m.payload = 0;
  if (payload !== 0) {
    if (inflight === debugException) writeDr6(m, payload);
    else m.cr2 = payload;
  }
  enter(m, inflight, inflightError, inflightLength);
  if (inflight === none) return;
  if (inflight === nonMaskable) m.nmiBlocked = 1;
  deliver(m, inflight, inflightError, inflightLength, m.resumeFlag);
}

/** The guest enters until it is inside: what was cut short is delivered, or its delivery has shut the guest down. */
export function settle(m: Machine): void {
  while (m.outside !== 0) vmEntry(m);
}
