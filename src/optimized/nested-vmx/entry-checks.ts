import { activityStates, interruptibility } from '../../../spec/vmx/guest-non-register-state.ts';
import { eventTypes } from '../../../spec/vmx/interruption-information.ts';
import {
  acknowledgeInterrupt,
  externalInterruptExiting,
  nmiExiting,
  nmiWindow,
  postedInterrupts,
  virtualInterruptDelivery,
  virtualNmis,
} from './controls.ts';
import type { GuestState } from './guest-state.ts';
import { debugInfo, isNmi, typeOf } from './information.ts';

const { blockingByMovSs, blockingBySti } = interruptibility;
const { active, hlt, shutdown } = activityStates;

/** Pairs of a control and what it needs. */
const needs = [
  [nmiWindow, virtualNmis],
  [virtualNmis, nmiExiting],
  [virtualInterruptDelivery, externalInterruptExiting],
  [postedInterrupts, virtualInterruptDelivery | acknowledgeInterrupt],
] as const;

/** By set of controls: whether they fit together. */
const fitting = Uint8Array.from({ length: postedInterrupts << 1 }, (_, set) =>
  needs.every(([control, needed]) => (set & control) === 0 || (set & needed) === needed) ? 1 : 0,
);

/** No event has this type. */
const reservedType = 1;

/** Whether the controls fit, and the type that is injected exists. */
export const controlsFit = (controls: number, info: number): boolean =>
  fitting[controls] !== 0 && !(info < 0 && typeOf(info) === reservedType);

/** "What is injected fits the activity." */
function fitsActivity(info: number, activity: number): boolean {
  if (activity === active) return true;
  const type = typeOf(info);
  if (activity === shutdown) return type === eventTypes.nmi;
  if (activity !== hlt) return false;
  return (
    type === eventTypes.externalInterrupt || type === eventTypes.nmi || type === eventTypes.other || info === debugInfo
  );
}

/** Whether the guest state is valid, but for {@link nmiInShadowOfSti}. `info` is what is injected, if valid. */
export function guestFits(guest: GuestState, controls: number, info: number): boolean {
  const { blocking } = guest;
  if (blocking !== 0) {
    if (blocking === (blockingBySti | blockingByMovSs) || guest.activity !== active) return false;
    if (blocking === blockingBySti && guest.interrupts === 0) return false;
  }
  if (info >= 0) return true;
  if (!fitsActivity(info, guest.activity)) return false;
  if (isNmi(info)) return (blocking & blockingByMovSs) === 0 && !((controls & virtualNmis) !== 0 && guest.nmi !== 0);
  return typeOf(info) !== eventTypes.externalInterrupt || guest.open;
}

/** An NMI is injected with blocking by STI. */
export const nmiInShadowOfSti = (guest: GuestState, info: number): boolean =>
  info < 0 && isNmi(info) && (guest.blocking & blockingBySti) !== 0;
