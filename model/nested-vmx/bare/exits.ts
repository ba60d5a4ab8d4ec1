import type { VmExit } from '../processor/vm-exit.ts';
import { withExit } from '../outputs.ts';
import { Part } from '../part.ts';
import type { BareState as State } from '../state.ts';

/** VM exits of the bare machine: they all go to L1. */
export class BareExits extends Part {
  exit(state: State, exit: VmExit): State {
    const { exitToL1, interruptibility } = this.parts;
    const { guest, entry, chips } = state;
    const blocked = interruptibility.blocksNmis(guest.core, guest.controls);
    if (chips.apic.irr !== 0) this.cite('pending-interrupt-survives-level-changes');
    const left: State = {
      ...state,
      runsL2: false,
      l1: exitToL1.hostState(exitToL1.nmiBlockingAfter(exit, blocked)),
      guest: this.left(state),
      entry: exitToL1.entryAfterExit(entry),
      chips: chips.sipi ? { ...chips, sipi: false } : chips,
    };
    return withExit(left, exitToL1.report(exit, guest.core, entry));
  }

  /** What the processor knew of L2 besides its VMCS is gone. */
  private left({ guest }: State): State['guest'] {
    const virtual = this.parts.virtualInterrupts.afterExit(guest.virtual);
    return { ...guest, virtual, mtf: false, timer: false };
  }
}
