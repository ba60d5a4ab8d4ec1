import { instructionErrors } from '../../../spec/vmcs12/universe.ts';
import { entryFailure, exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { boundary } from './boundary.ts';
import { deliverInjected } from './delivery.ts';
import { earlyError, guestStateFailure, leavesOpen } from './entry-checks.ts';
import { lateFailure } from './exit.ts';
import * as field from './field-numbers.ts';
import { loadGuestState, loadMsrs } from './guest-entry.ts';
import { keepRegistersOfL2 } from './host-state.ts';
import { outcomeWord } from './layout.ts';
import { fetch } from './lazy-fields.ts';
import { dirtyL2, none, type Machine } from './machine.ts';
import { failInvalid, failValid } from './vmx-results.ts';

// How L1 enters, by place in the domain.
const wrong = 1;
const movSs = 2;

const entered = 4;
const other = 7;

/** VMLAUNCH or VMRESUME. */
export function enter(m: Machine, by: number): boolean {
  if (m.l2Runs) return false;
  if (m.current === none) return failInvalid(m);
  if (by === movSs) return failValid(m, instructionErrors.entryInMovSsShadow);
  if (by === wrong) {
    const launched = ((m.launched >>> m.current) & 1) !== 0;
    return failValid(m, launched ? instructionErrors.launchOfLaunched : instructionErrors.resumeOfClear);
  }
  fetch(m);
  if (leavesOpen(m)) return false;
  const error = earlyError(m);
  if (error !== 0) return failValid(m, error);
  const qualification = guestStateFailure(m);
  if (qualification >= 0) {
    lateFailure(m, entryFailure + exitReasons.invalidGuestState, qualification);
    return true;
  }
  loadGuestState(m);
  const failed = loadMsrs(m);
  if (failed !== 0) {
    keepRegistersOfL2(m);
    lateFailure(m, entryFailure + exitReasons.msrLoading, failed);
    return true;
  }
  m.launched |= 1 << m.current;
  m.l2Runs = true;
  m.dirty |= dirtyL2;
  m.words[outcomeWord] = entered;
  if (inject(m)) boundary(m);
  return true;
}

/** Whether L2 runs then. */
function inject(m: Machine): boolean {
  const information = m.vmcs.fields[field.entryInterruption];
  if (information >>> 31 === 0) return true;
  if (((information >>> 8) & 7) !== other) return deliverInjected(m);
  m.mtfDue = true;
  return true;
}
