import * as control from '../controls.ts';
import type { Machine } from '../machine.ts';

/** What L0 runs every guest with: its own interrupts and NMIs come to it, and guests have NMI blocking of their own. */
const ofL0 = control.externalInterruptExiting | control.acknowledgeInterrupt | control.nmiExiting | control.virtualNmis;

/** What 02 takes over from 12 as it is. */
const ofL1 =
  control.interruptWindow |
  control.nmiWindow |
  control.hltExiting |
  control.monitorTrapFlag |
  control.preemptionTimer |
  control.invalidOpcodeExiting |
  control.virtualInterruptDelivery;

/** The controls of 02, merged from L0's and L1's. */
export function compose(m: Machine): void {
  const { l0 } = m;
  if (l0.composed) return;
  l0.composed = true;
  const { controls } = m.vmcs;
  // What L2 writes into the local APIC of L1 is for L0 to do: its bitmap intercepts it.
  const page = control.apicAccess | control.virtualInterruptDelivery;
  l0.vmcs02.base = ofL0 | (controls & ofL1) | ((controls & page) === page ? control.apicAccess : 0);
}

/** The controls of 01. */
export function compose01(m: Machine): void {
  m.l0.vmcs01.base = ofL0 | (m.l0Apicv ? control.virtualInterruptDelivery | control.apicAccess : 0);
}

/**
 * Bit 3 of the interruptibility state as L1 has it. Of "NMI exiting" alone L0 keeps account itself: L2 runs with "virtual
 * NMIs", where an IRET would end the blocking.
 */
export const nmiBlockingOfL2 = (m: Machine): number =>
  control.nmisBlockedForGood(m.vmcs.controls) ? m.l0.nmisBlocked : m.current.nmi;

/** NMIs blocked on L1's processor, whoever runs. */
export function nmisBlocked(m: Machine): number {
  if (!m.l2Runs) return m.current.nmi;
  return m.vmcs.has(control.virtualNmis) ? 0 : nmiBlockingOfL2(m);
}

/** Brings the guest-state area of 12 up to date, which is left to the time when somebody asks for it. */
export function sync12(m: Machine): void {
  const { l0, vmcs } = m;
  if (!l0.guest12Stale) return;
  l0.guest12Stale = false;
  const { nmi } = vmcs.guest;
  vmcs.guest.copy(l0.vmcs02.guest);
  vmcs.guest.nmi = nmi;
}

/** The guest state of 02 becomes that of 12. Bit 3 goes where IRET of L2 does to it what it does without L0. */
export function sync02(m: Machine): void {
  const { l0, vmcs } = m;
  const { guest } = l0.vmcs02;
  if (l0.guest02Stale) guest.copy(vmcs.guest);
  l0.guest02Stale = false;
  const forGood = control.nmisBlockedForGood(vmcs.controls);
  l0.nmisBlocked = forGood ? vmcs.guest.nmi : 0;
  guest.nmi = forGood ? 0 : vmcs.guest.nmi;
}

/** The most recent guest state of L2, but for bit 3. */
export const recentGuest = (m: Machine) => {
  if (m.l2Runs) return m.current;
  return m.l0.guest12Stale ? m.l0.vmcs02.guest : m.vmcs.guest;
};
