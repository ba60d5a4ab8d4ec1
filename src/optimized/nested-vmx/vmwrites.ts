import { injections } from '../../../spec/nested-vmx/universe.ts';
import { insert } from '../local-apic/index.ts';
import { postedInterrupts, virtualInterruptDelivery } from './controls.ts';
import { valid } from './information.ts';
import { noVirtualization, postedToo, type Machine } from './machine.ts';

/** What L1 can write for L2. The arguments are those of the event. */
export type VmWrite = (m: Machine, a: number, b: number) => void;

/** Whether L1 may set a control, by its place. */
export function controlExists(m: Machine, place: number): boolean {
  const control = 1 << place;
  if (control === virtualInterruptDelivery) return m.virtualization !== noVirtualization;
  return control !== postedInterrupts || m.virtualization === postedToo;
}

export const writeControl: VmWrite = (m, place, on) => {
  if (on !== 0) m.vmcs.controls |= 1 << place;
  else m.vmcs.controls &= ~(1 << place);
  m.l0.composed = false;
};

const events = Object.values(injections).map(({ information, error, length }, place) => ({
  information: place === 0 ? 0 : valid | information,
  error,
  length,
}));

export const writeInjection: VmWrite = (m, place) => {
  const { information, error, length } = events[place];
  m.vmcs.entryInformation = information;
  m.vmcs.entryError = error;
  m.vmcs.entryLength = length;
};

export const writeTimer: VmWrite = (m, expired) => {
  m.vmcs.expired = expired !== 0;
};

export const writeIdt: VmWrite = (m, present) => {
  m.vmcs.idt = present !== 0;
};

export const raiseVirtual: VmWrite = (m, vector) => {
  insert(m.virtual.page.irr, vector);
  m.virtual.raiseRvi(vector);
  m.virtualChanged = true;
};

// Fields of the guest-state area: L0 has brought it up to date.
export const writeGuestInterrupts: VmWrite = (m, on) => {
  m.vmcs.guest.interrupts = on;
};

/** The places of the domain are the bits: none, STI, MOV SS, both. */
export const writeGuestBlocking: VmWrite = (m, blocking) => {
  m.vmcs.guest.blocking = blocking;
};

export const writeGuestNmiBlocking: VmWrite = (m, on) => {
  m.vmcs.guest.nmi = on;
};

export const writeGuestActivity: VmWrite = (m, activity) => {
  m.vmcs.guest.activity = activity;
};

/** Whether there is a virtual-APIC page for L2. */
export const virtualApicExists = (m: Machine): boolean => m.virtualization !== noVirtualization;
