import { levelOfL1, levelOfL2 } from '../bare/show.ts';
import { control } from '../machine.ts';
import type { Parts } from '../parts.ts';
import { kept, type Shown, type ShownVirtualApic } from '../shown.ts';
import type { NestedState } from '../state.ts';

/** What is shown of L1 and L2 below L0; parts that are as before keep their identity. */
export function showNested(parts: Parts, state: NestedState, before: Shown): Shown {
  const { chips, runsL2, vmcs01, vmcs12, l0, machine } = state;
  const { nestedEvents, localApic, l1Apic } = parts;
  const apic = l1Apic.read(state);
  const ppr = localApic.ppr(apic, machine.config.pprOnTie);
  const l2 = runsL2 ? nestedEvents.coreOfL2(state) : vmcs12.core;
  const blocked = runsL2
    ? (vmcs12.controls & control.virtualNmis) === 0 && l2.nmiBlocking
    : vmcs01.guest.core.nmiBlocking;
  return kept(before, {
    apic: kept(before.apic, ppr === apic.ppr ? apic : { ...apic, ppr }),
    l1: kept(before.l1, levelOfL1(vmcs01.guest.core, !runsL2, blocked)),
    l2: kept(before.l2, levelOfL2(l2, runsL2)),
    vmcs: kept(before.vmcs, {
      controls: vmcs12.controls,
      entryInformation: vmcs12.entry.information,
      expired: vmcs12.expired,
      idt: vmcs12.idt,
    }),
    pending: kept(before.pending, {
      nmi: chips.nmi,
      init: chips.init,
      sipi: chips.sipi,
      mtf: parts.exitHandlers.keepsMtf(state),
      timer: l0.timer,
      pic: chips.pic,
      line: chips.line,
      remoteIrr: chips.remoteIrr,
    }),
    virtual: kept(before.virtual, virtualOf(parts, state)),
  });
}

/**
 * The virtual-APIC page of L2. Recognition is what the processor has recognized; where L0 has control, or a window of
 * its own prevents it for a while, what it will recognize without L0.
 */
function virtualOf({ quiet }: Parts, { runsL2, inGuest, vmcs12, vmcs02 }: NestedState): ShownVirtualApic {
  if (!runsL2) return vmcs12.virtual;
  const { virtual, controls } = vmcs02.guest;
  const window = (controls & ~vmcs12.controls & control.interruptWindow) !== 0;
  if (inGuest && !window) return virtual;
  const evaluates = (vmcs12.controls & control.virtualInterruptDelivery) !== 0;
  return evaluates ? quiet.virtualInterrupts.evaluate(virtual, vmcs12.controls) : virtual;
}
