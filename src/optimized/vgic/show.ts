import { physicalSharedBank, sharedBank } from './interrupts.ts';
import { dirtyInterface, dirtyPhysical, dirtyVcpu, type Machine } from './machine.ts';
import { physicalPending, seenBy, signalledPhysical } from './physical.ts';
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
