import { notificationVector } from '../../../../spec/nested-vmx/universe.ts';
import { activityStates } from '../../../../spec/vmx/guest-non-register-state.ts';
import { classOf } from '../../local-apic/index.ts';
import * as action from '../actions.ts';
import * as control from '../controls.ts';
import type { GuestState } from '../guest-state.ts';
import { interruptSource } from '../interrupt-controllers.ts';
import type { Machine } from '../machine.ts';
import { takePosted } from './descriptor.ts';

const { hlt, waitForSipi } = activityStates;

/**
 * L0, which has control, looks for what is to be exited to L1 or injected, and arms what tells it of the rest: windows,
 * or the monitor trap flag where something waits behind blocking that no window is about. It changes nothing that L1 or
 * L2 can see: what it finds is a plan.
 */
export function look(m: Machine): void {
  const { l0 } = m;
  l0.looked = true;
  l0.armed = 0;
  l0.plan = action.nothing;
  // "During that time no exit to L1 is made up", and an event in flight goes first: the request stays for later.
  if (l0.nestedRunPending || l0.inFlight) {
    l0.request = true;
    return;
  }
  l0.request = false;
  takePosted(m);
  if (m.l2Runs) lookForL2(m, m.current);
  else lookForL1(m, m.current);
}

function lookForL1(m: Machine, guest: GuestState): void {
  const { l0 } = m;
  if (m.nmi) {
    if (guest.nmi === 0 && (guest.blocking & m.holdsNmi) === 0) {
      l0.plan = action.nmiDelivery;
      return;
    }
    l0.armed |= control.nmiWindow;
  }
  const { open } = guest;
  // With virtual-interrupt delivery for L1 the processor finds what is deliverable in the local APIC.
  if (m.pic || (!m.l0Apicv && m.apic.deliverable() !== 0)) {
    if (open) {
      l0.plan = action.interruptDelivery;
      return;
    }
    l0.armed |= control.interruptWindow;
  }
  serveHostWindow(m, open);
}

/** L0's own software is told at once where interrupts are open, else by a window. */
function serveHostWindow(m: Machine, open: boolean): void {
  const { l0 } = m;
  if (!l0.hostWindow) return;
  if (open) l0.hostWindow = false;
  else l0.armed |= control.interruptWindow;
}

function lookForL2(m: Machine, guest: GuestState): void {
  const { l0, vmcs } = m;
  const { controls } = vmcs;
  const { activity } = guest;
  if (activity === waitForSipi) {
    if (m.sipi) l0.plan = action.sipiExit;
    return;
  }
  if (m.init) l0.plan = action.initExit;
  else if (m.mtf && activity <= hlt) l0.plan = action.mtfExit;
  else if (m.timer) l0.plan = action.timerExit;
  else if ((controls & control.nmiWindow) !== 0 && guest.nmi === 0 && (guest.blocking & m.holdsNmi) === 0) {
    l0.plan = action.nmiWindowExit;
  } else {
    if (m.nmi) lookAtNmi(m, guest, controls);
    if (l0.plan === action.nothing && activity <= hlt) lookAtInterrupts(m, guest, controls);
  }
}

function lookAtNmi(m: Machine, guest: GuestState, controls: number): void {
  const { l0 } = m;
  if ((controls & control.nmiExiting) === 0) {
    if (guest.nmi === 0 && (guest.blocking & m.holdsNmi) === 0) l0.plan = action.nmiDelivery;
    else l0.armed |= control.nmiWindow;
    return;
  }
  if (l0.nmisBlocked !== 0) return;
  if ((guest.blocking & m.holdsNmiExit) === 0) l0.plan = action.nmiExit;
  else l0.armed |= control.monitorTrapFlag;
}

function lookAtInterrupts(m: Machine, guest: GuestState, controls: number): void {
  const { l0, virtual } = m;
  const { open } = guest;
  serveHostWindow(m, open);
  if (open) {
    if ((controls & control.interruptWindow) !== 0) {
      l0.plan = action.interruptWindowExit;
      return;
    }
    if ((controls & control.virtualInterruptDelivery) !== 0 && classOf(virtual.rvi) > classOf(virtual.vppr)) {
      // The processor delivers it at the entry; an exit to L1 comes behind it, found by another look.
      l0.request = true;
      return;
    }
  }
  const source = interruptSource(m);
  if (source === 0) return;
  if ((controls & control.externalInterruptExiting) === 0) {
    if (open) l0.plan = action.interruptDelivery;
    else l0.armed |= control.interruptWindow;
    return;
  }
  if ((guest.blocking & m.holdsInterruptExit) !== 0) l0.armed |= control.monitorTrapFlag;
  else if (source === notificationVector && (controls & control.postedInterrupts) !== 0) l0.plan = action.processing;
  else l0.plan = action.interruptExit;
}
