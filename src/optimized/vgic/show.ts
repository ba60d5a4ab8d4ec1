import { physicalSharedBank, sharedBank } from './interrupts.ts';
import { dirtyInterface, dirtyPhysical, dirtyVcpu, type Machine } from './machine.ts';
import { physicalPending, seenBy, signalledPhysical } from './physical.ts';
import { lrEoi, lrGroup1, lrHw, lrPhysicalId, lrSource, lrState, lrVirtualId } from './registers.ts';
import { activeOf, enabledOf, pendingOf } from './routing.ts';
import { showInterface } from './status.ts';

/** Brings the words up to date with what changed during the event. */
export function show(m: Machine): void {
  const { dirty } = m;
  m.dirty = 0;
  for (let p = 0; p < m.pcpus; p++) {
    if ((dirty & (dirtyInterface << p)) !== 0) showInterface(m, p);
    if ((dirty & (dirtyPhysical << p)) !== 0) showPhysical(m, p);
  }
  for (let v = 0; v < m.vcpus; v++) {
    if ((dirty & (dirtyVcpu << v)) !== 0) showVcpu(m, v);
  }
}

function showPhysical(m: Machine, p: number): void {
  const { words } = m;
  const at = m.physicalWords + 4 * p;
  words[at] = physicalPending(m, p) | physicalPending(m, physicalSharedBank);
  words[at + 1] = seenBy(m.physicalActive, p);
  words[at + 2] = seenBy(m.physicalMasked, p) | seenBy(m.physicalDisabled, p);
  words[at + 3] = signalledPhysical(m, p);
}

function showVcpu(m: Machine, v: number): void {
  const { words } = m;
  const spis = sharedBank + m.vm[v];
  let at = m.distributorWords + 3 * v;
  words[at] = enabledOf(m, v);
  words[at + 1] = pendingOf(m, v);
  words[at + 2] = activeOf(m, v);
  at = m.softwareWords + 4 * v;
  words[at] = m.latch[v] | m.latch[spis];
  words[at + 1] = m.line[v] | m.line[spis];
  words[at + 2] = m.listed[v];
  words[at + 3] = m.sources[v];
}

/** Shows list register `index` of physical CPU `p` in the layout of the configuration. */
export function showLr(m: Machine, p: number, index: number, lr: number): void {
  const at = m.lrWords + 2 * (p * m.nrLr + index);
  if (m.gicv3) {
    // ICH_LR_EL2: vINTID with the source of an SGI in bits 12:10; state 63:62, HW 61, Group 60, priority 55:48,
    // pINTID 44:32, whose bit 41 is EOI when HW is 0.
    const hw = (lr & lrHw) !== 0;
    m.words[at] = (lr & lrVirtualId) | (hw ? 0 : lr & lrSource);
    m.words[at + 1] =
      ((lr & lrState) << 2) |
      ((lr & lrHw) >>> 2) |
      ((lr & lrGroup1) >>> 2) |
      ((lr >>> 4) & 0x00f80000) |
      (hw ? (lr & lrPhysicalId) >>> 10 : (lr & lrEoi) >>> 10);
  } else {
    m.words[at] = lr;
  }
}
