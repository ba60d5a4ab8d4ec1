import { writeDr6 } from './debug-registers.ts';
import { deliver } from './deliver.ts';
import { debugException, pageFault, unblocking, vectorOf } from './events.ts';
import { exit, reasons, tellException, tellLength } from './exit.ts';
import type { Machine } from './machine.ts';
import { hold } from './policy.ts';

/**
 * An exception that arises at an instruction or at a boundary. `payload`: the address of #PF, the bits of #DB, or 0;
 * `rf`: RF of its frame; `unblocked`: whether it is a fault of an IRET that has ended the blocking of NMIs.
 */
export function raise(
  m: Machine,
  event: number,
  error: number,
  length: number,
  payload: number,
  rf: number,
  unblocked = 0,
): void {
  if (((m.bitmap >>> vectorOf(event)) & 1) !== 0) {
    m.resumeFlag = rf;
    exit(m, reasons.exception, payload);
    tellException(m, unblocked === 0 ? event : event | unblocking, error);
    tellLength(m, length);
    // Nothing was written: that is left to the entry that gives the exception to the guest.
    hold(m, event, error, length, payload);
    return;
  }
  if (payload !== 0) {
    if (event === pageFault) m.cr2 = payload;
    else if (event === debugException) writeDr6(m, payload);
  }
  deliver(m, event, error, length, rf);
}
