import type { VectorSet } from '../../local-apic/index.ts';
import type { GuestState } from '../guest-state.ts';
import type { Machine } from '../machine.ts';
import { nmiBlockingOfL2, sync02, sync12 } from './composition.ts';
import { takePosted } from './descriptor.ts';

/** The memory that a virtual CPU is saved to: words in the order in which `save` writes and `restore` reads them. */
const image = new Int32Array(64);
let place = 0;

const put = (value: number): void => {
  image[place++] = value;
};
const putFlag = (flag: boolean): void => put(flag ? 1 : 0);
const take = (): number => image[place++];
const takeFlag = (): boolean => take() !== 0;

function putGuest(guest: GuestState): void {
  put(guest.interrupts);
  put(guest.blocking);
  put(guest.nmi);
  put(guest.activity);
  put(guest.count);
  put(guest.handler);
}

function takeGuest(guest: GuestState): void {
  guest.interrupts = take();
  guest.blocking = take();
  guest.nmi = take();
  guest.activity = take();
  guest.count = take();
  guest.handler = take();
}

function putSet(set: VectorSet): void {
  for (let i = 0; i < set.length; i++) put(set[i]);
}

function takeSet(set: VectorSet): void {
  for (let i = 0; i < set.length; i++) set[i] = take();
}

/**
 * Saves the virtual CPU, over which L0 has control: L1's registers, local APIC and latches, 12 with L2 as it is now, and
 * whether an entry is pending. What is in the guests' memory is moved with it: frames, the page and the descriptor of L2.
 */
export function save(m: Machine): void {
  const { vmcs, l0, apic, virtual } = m;
  takePosted(m);
  sync12(m);
  if (m.l2Runs) vmcs.guest.nmi = nmiBlockingOfL2(m);
  place = 0;
  putGuest(m.l1);
  putGuest(vmcs.guest);
  put(vmcs.controls);
  put(vmcs.entryInformation);
  put(vmcs.entryError);
  put(vmcs.entryLength);
  putFlag(vmcs.expired);
  putFlag(vmcs.idt);
  put(virtual.rvi);
  put(virtual.svi);
  putFlag(m.nmi);
  putFlag(m.init);
  putFlag(m.sipi);
  putFlag(m.mtf);
  putFlag(m.timer);
  putFlag(l0.nestedRunPending);
  putSet(apic.irr);
  putSet(apic.isr);
  putSet(apic.tmr);
  put(apic.tpr);
}

/** What `save` has saved is there no more. */
export function destroy(m: Machine): void {
  const { l1, vmcs, virtual } = m;
  l1.startAsHost();
  l1.nmi = 0;
  vmcs.reset(0);
  virtual.rvi = 0;
  virtual.svi = 0;
  m.nmi = false;
  m.init = false;
  m.sipi = false;
  m.mtf = false;
  m.timer = false;
  m.apic.reset();
  m.l0.reset();
}

/** Brings back what `save` has saved. If L2 runs, 02 is made from 12, and nothing is injected again. */
export function restore(m: Machine): void {
  const { vmcs, l0, apic, virtual } = m;
  place = 0;
  takeGuest(m.l1);
  takeGuest(vmcs.guest);
  vmcs.controls = take();
  vmcs.entryInformation = take();
  vmcs.entryError = take();
  vmcs.entryLength = take();
  vmcs.expired = takeFlag();
  vmcs.idt = takeFlag();
  virtual.rvi = take();
  virtual.svi = take();
  m.nmi = takeFlag();
  m.init = takeFlag();
  m.sipi = takeFlag();
  m.mtf = takeFlag();
  m.timer = takeFlag();
  l0.nestedRunPending = takeFlag();
  takeSet(apic.irr);
  takeSet(apic.isr);
  takeSet(apic.tmr);
  apic.tpr = take();
  if (!m.l2Runs) return;
  sync02(m);
  l0.guest12Stale = true;
}
