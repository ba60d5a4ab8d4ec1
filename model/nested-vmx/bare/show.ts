import { control } from '../machine.ts';
import type { Parts } from '../parts.ts';
import { depthOf, positionOf } from '../processor/event-delivery.ts';
import { kept, type Level, type Shown } from '../shown.ts';
import type { BareState, Core } from '../state.ts';

/** What is shown of L2. */
export const levelOfL2 = (core: Core, runs: boolean): Level => ({
  runs,
  interruptFlag: core.interruptFlag,
  blocking: core.blocking,
  nmiBlocking: core.nmiBlocking,
  activity: core.activity,
  position: positionOf(core),
  frames: depthOf(core),
});

/** What is shown of L1; while L2 runs it is nothing but whether NMIs are blocked. */
export const levelOfL1 = (core: Core, runs: boolean, nmiBlocking: boolean): Level => ({
  runs,
  interruptFlag: runs && core.interruptFlag,
  blocking: runs ? core.blocking : 0,
  nmiBlocking,
  activity: runs ? core.activity : 0,
  position: 0,
  frames: runs ? depthOf(core) : 0,
});

/** What is shown of the bare machine; parts that are as before keep their identity. */
export function showBare({ localApic }: Parts, state: BareState, before: Shown): Shown {
  const { chips, guest, entry, expired, runsL2, l1, machine } = state;
  const blocked = (guest.controls & control.virtualNmis) === 0 && guest.core.nmiBlocking;
  const ppr = localApic.ppr(chips.apic, machine.config.pprOnTie);
  return kept(before, {
    apic: kept(before.apic, ppr === chips.apic.ppr ? chips.apic : { ...chips.apic, ppr }),
    l1: kept(before.l1, levelOfL1(l1, !runsL2, runsL2 ? blocked : l1.nmiBlocking)),
    l2: kept(before.l2, levelOfL2(guest.core, runsL2)),
    vmcs: kept(before.vmcs, {
      controls: guest.controls,
      entryInformation: entry.information,
      expired,
      idt: guest.idt,
    }),
    pending: kept(before.pending, {
      nmi: chips.nmi,
      init: chips.init,
      sipi: chips.sipi,
      mtf: guest.mtf,
      timer: guest.timer,
      pic: chips.pic,
      line: chips.line,
      remoteIrr: chips.remoteIrr,
    }),
    virtual: kept(before.virtual, guest.virtual),
  });
}
