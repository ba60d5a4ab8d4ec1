import { instructionErrors } from '../../../spec/nested-vmx/universe.ts';
import { entryFailure, exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { interruptibility } from '../../../spec/vmx/guest-non-register-state.ts';
import { controlsFit, guestFits, nmiInShadowOfSti } from './entry-checks.ts';
import { startL1 } from './exit.ts';
import type { GuestState } from './guest-state.ts';
import type { Machine } from './machine.ts';
import { tellEntry, tellFailedEntry } from './outputs.ts';

const invalidGuestState = exitReasons.invalidGuestState | entryFailure;
/** Exit qualification of an entry that injects an NMI with blocking by STI. */
const nmiNotAllowed = 3;

/**
 * The checks of VMLAUNCH and VMRESUME, in the order of the manual; whoever carries it out, the processor or L0. Where
 * they fail L1 goes on, and the answer is false. `guest` is the guest-state area of the VMCS.
 */
export function entryIsAccepted(m: Machine, guest: GuestState): boolean {
  const { vmcs, l1 } = m;
  const { controls, entryInformation: info } = vmcs;
  if ((l1.blocking & interruptibility.blockingByMovSs) !== 0) {
    tellEntry(m, 2, instructionErrors.blockedByMovSs);
    l1.blocking = 0;
    return false;
  }
  if (!controlsFit(controls, info)) {
    tellEntry(m, 2, instructionErrors.invalidControlFields);
    l1.blocking = 0;
    return false;
  }
  const shadowed = m.stiFailsNmiInjection && nmiInShadowOfSti(guest, info);
  if (shadowed || !guestFits(guest, controls, info)) {
    tellEntry(m, 3, 0);
    // If another check fails as well, no bit of the qualification is defined: then this one is as good.
    tellFailedEntry(m, invalidGuestState, shadowed ? nmiNotAllowed : 0);
    startL1(m);
    return false;
  }
  tellEntry(m, 1, 0);
  return true;
}

/** "L1's IF, blocking, frames are gone", and L2 runs in `state`. */
export function startL2(m: Machine, state: GuestState): void {
  const { l1 } = m;
  l1.startAsHost();
  m.frames1.clear();
  m.l2Runs = true;
  m.current = state;
  state.count = 0;
  m.virtualChanged = true;
  m.apicChanged = true;
}
