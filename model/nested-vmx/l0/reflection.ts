import { noEvent } from '../events.ts';
import { withExit } from '../outputs.ts';
import { Part } from '../part.ts';
import type { VmExit } from '../processor/vm-exit.ts';
import type { Hypervisor, NestedState as State } from '../state.ts';

/** L0 makes L1 see an exit of L2: from 02 it writes 12, and goes on with 01. */
export class Reflection extends Part {
  exit(state: State, exit: VmExit): State {
    const { exitToL1, interruptibility, virtualInterrupts, nestedEvents } = this.parts;
    const { vmcs12, vmcs02, vmcs01, chips } = state;
    const core = nestedEvents.coreOfL2(state);
    const blocked = interruptibility.blocksNmis(core, vmcs12.controls);
    const { apic } = chips;
    if (apic.irr !== 0) this.cite('pending-interrupt-survives-level-changes');
    const l1 = exitToL1.hostState(exitToL1.nmiBlockingAfter(exit, blocked));
    const left: State = {
      ...state,
      runsL2: false,
      inGuest: false,
      chips: chips.sipi ? { ...chips, sipi: false } : chips,
      vmcs01: { entry: noEvent, guest: { ...vmcs01.guest, core: l1 } },
      vmcs12: {
        ...vmcs12,
        core,
        virtual: virtualInterrupts.afterExit(vmcs02.guest.virtual),
        entry: exitToL1.entryAfterExit(vmcs12.entry),
      },
      l0: this.withoutL2(state.l0),
    };
    return withExit(left, exitToL1.report(exit, core, vmcs12.entry));
  }

  /** "What L0 holds for L2 in flight or pending goes into the exit to L1 or ends with L2" */
  withoutL2(l0: Hypervisor): Hypervisor {
    this.cite('events-of-l2-never-reach-l1');
    return { ...l0, inflight: noEvent, mtf: false, timer: false, runPending: false, looked: false };
  }
}
