import { blockedByMovss, blockedBySti } from './guest.ts';
import { dirtySteps, type Machine } from './machine.ts';
import type { VectorSet } from '../local-apic/index.ts';
import { shown } from './vectors.ts';
import type { VirtualCpu } from './virtual-cpu.ts';

const shownSet = (set: VectorSet): number => shown(set[1], set[2], set[7]);

/** Brings the words up to date with what changed during the event. */
export function show(m: Machine): void {
  const { dirty } = m;
  m.dirty = 0;
  if ((dirty & 1) !== 0) {
    showVcpu(m, m.cpus[0]);
    if (m.nested) showL2(m);
  }
  if ((dirty & 2) !== 0) showVcpu(m, m.cpus[1]);
  if ((dirty & dirtySteps) !== 0 && m.posters > 0) {
    m.words[m.stepWords] = m.target;
    m.words[m.stepWords + 1] = m.poster[0];
    m.words[m.stepWords + 2] = m.poster[1];
  }
}

function showVcpu(m: Machine, cpu: VirtualCpu): void {
  const { words } = m;
  const { number, guest, descriptor } = cpu;
  const { apic, virtual } = guest;

  let at = m.apicWords + 6 * number;
  words[at] = shownSet(apic.irr);
  words[at + 1] = shownSet(apic.isr);
  words[at + 2] = shownSet(apic.tmr);
  words[at + 3] = apic.tpr;
  words[at + 4] = m.apicv ? virtual.vppr : apic.ppr(m.zeroOnTie);
  words[at + 5] = apic.enabled ? 1 : 0;

  at = m.virtualApicWords + 5 * number;
  words[at] = virtual.rvi;
  words[at + 1] = virtual.svi;
  words[at + 2] = shownSet(cpu.eoiExit);
  words[at + 3] = cpu.threshold;
  words[at + 4] = (m.apicv ? 1 : 0) | (virtual.recognized ? 2 : 0) | (cpu.window ? 4 : 0);

  at = m.coreWords + 2 * number;
  words[at] =
    (guest.interruptFlag ? 1 : 0) |
    (guest.blocking === blockedBySti ? 2 : 0) |
    (guest.blocking === blockedByMovss ? 4 : 0) |
    (cpu.halted ? 8 : 0) |
    (cpu.l2Runs ? 16 : 0) |
    (cpu.nmi ? 32 : 0) |
    (cpu.obstructed ? 64 : 0);
  words[at + 1] = cpu.inflight;

  // Nobody else has the descriptor here: plain reads.
  const memory = descriptor.words;
  at = m.descriptorWords + 3 * number;
  words[at] = shown(memory[1], memory[2], memory[7]);
  words[at + 1] = memory[8];
  words[at + 2] = memory[9];

  at = m.scheduleWords + 4 * number;
  words[at] = cpu.mode;
  words[at + 1] = cpu.pcpu;
  words[at + 2] = (cpu.loaded ? 1 : 0) | (cpu.blocked ? 2 : 0);
  words[at + 3] = cpu.list;
}

function showL2(m: Machine): void {
  const { words, nestedWords: at, l2 } = m;
  const { apic, virtual } = l2;
  const memory = m.l2Descriptor.words;
  words[at] = shownSet(apic.irr);
  words[at + 1] = shownSet(apic.isr);
  words[at + 2] = apic.tpr;
  words[at + 3] = virtual.vppr;
  words[at + 4] = virtual.rvi;
  words[at + 5] = virtual.svi;
  words[at + 6] = shown(memory[1], memory[2], memory[7]);
  words[at + 7] = memory[8];
  words[at + 8] =
    (l2.interruptFlag ? 1 : 0) |
    (l2.blocking === blockedBySti ? 2 : 0) |
    (l2.blocking === blockedByMovss ? 4 : 0) |
    (virtual.recognized ? 8 : 0) |
    (m.piPending ? 16 : 0);
}
