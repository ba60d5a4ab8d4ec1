import * as control from './controls.ts';
import { classOf } from '../local-apic/index.ts';
import { nmisBlocked as nmisBlockedBare } from './bare/level1.ts';
import { nmiBlockingOfL2, nmisBlocked, recentGuest } from './level0/composition.ts';
import { noVirtualization, type Machine } from './machine.ts';
import { outputWords } from './outputs.ts';
import { shown, shownUnion } from './vectors.ts';

const readoutWords = outputWords;
const apicWords = readoutWords + 5;
const levelWords = apicWords + 5;
const vmcsWords = levelWords + 8;
const pendingWords = vmcsWords + 3;
const virtualApicWords = pendingWords + 1;

/** Words of the observation. */
export const wordCount = (virtualization: number): number =>
  virtualApicWords + (virtualization === noVirtualization ? 0 : 7);

/** Brings the words of the state up to date. */
export function show(m: Machine): void {
  if (m.apicChanged) showApic(m);
  showLevels(m);
  const { words, vmcs } = m;
  words[vmcsWords] = vmcs.controls;
  words[vmcsWords + 1] = vmcs.entryInformation;
  words[vmcsWords + 2] = (vmcs.expired ? 1 : 0) | (vmcs.idt ? 2 : 0);
  words[pendingWords] =
    (m.nmi ? 1 : 0) |
    (m.init ? 2 : 0) |
    (m.sipi ? 4 : 0) |
    (mtfIsPending(m) ? 8 : 0) |
    (timerIsAtZero(m) ? 16 : 0) |
    (m.pic ? 32 : 0) |
    (m.line ? 64 : 0) |
    (m.remoteIrr ? 128 : 0);
  if (m.virtualChanged && m.virtualization !== noVirtualization) showVirtualApic(m);
}

/** A trap that L0 has set for itself is no MTF exit of L1's. */
const mtfIsPending = (m: Machine): boolean => m.mtf || (m.l0.mtf && m.vmcs.has(control.monitorTrapFlag));

const timerIsAtZero = (m: Machine): boolean => (m.l0.onProcessor ? m.l0.timer : m.timer);

function showApic(m: Machine): void {
  const { words, apic, l0 } = m;
  m.apicChanged = false;
  words[apicWords] = shownUnion(apic.irr, l0.pir);
  words[apicWords + 1] = shown(apic.isr);
  words[apicWords + 2] = shown(apic.tmr);
  words[apicWords + 3] = apic.tpr;
  words[apicWords + 4] = apic.ppr(m.zeroOnTie);
  for (let i = 0; i < 5; i++) words[readoutWords + i] = m.l2Runs ? 0 : words[apicWords + i];
}

function showLevels(m: Machine): void {
  const { words, l2Runs, nested } = m;
  const blocked = nested ? nmisBlocked(m) : nmisBlockedBare(m);
  if (l2Runs) {
    words[levelWords] = blocked << 4;
    words[levelWords + 1] = 0;
    words[levelWords + 3] = 0;
  } else {
    const l1 = m.current;
    words[levelWords] = 1 | (l1.interrupts << 1) | (l1.blocking << 2) | (blocked << 4);
    words[levelWords + 1] = l1.activity;
    words[levelWords + 3] = m.frames1.depth;
  }
  const l2 = nested ? recentGuest(m) : m.vmcs.guest;
  const nmi = nested && l2Runs ? nmiBlockingOfL2(m) : m.vmcs.guest.nmi;
  words[levelWords + 4] = (l2Runs ? 1 : 0) | (l2.interrupts << 1) | (l2.blocking << 2) | (nmi << 4);
  words[levelWords + 5] = l2.activity;
  words[levelWords + 6] = l2.position;
  words[levelWords + 7] = m.frames2.depth;
}

function showVirtualApic(m: Machine): void {
  const { words, virtual } = m;
  const { page } = virtual;
  m.virtualChanged = false;
  words[virtualApicWords] = shown(page.irr);
  words[virtualApicWords + 1] = shown(page.isr);
  words[virtualApicWords + 2] = page.tpr;
  words[virtualApicWords + 3] = virtual.vppr;
  words[virtualApicWords + 4] = virtual.rvi | (virtual.svi << 8);
  words[virtualApicWords + 5] = shown(m.pir);
  words[virtualApicWords + 6] = (m.outstanding ? 1 : 0) | (isRecognized(m) ? 2 : 0);
}

/** In nested the processor may have to look again at the next entry: what L1 would see is what it will find then. */
function isRecognized(m: Machine): boolean {
  const { virtual, vmcs } = m;
  if (!m.nested) return virtual.recognized;
  if (
    !m.l2Runs ||
    (vmcs.controls & (control.virtualInterruptDelivery | control.interruptWindow)) !== control.virtualInterruptDelivery
  ) {
    return false;
  }
  return classOf(virtual.rvi) > classOf(virtual.vppr);
}
