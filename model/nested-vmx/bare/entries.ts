import { withEntry, withExit } from '../outputs.ts';
import { Part } from '../part.ts';
import type { BareState as State } from '../state.ts';
import { control } from '../machine.ts';

/** VMLAUNCH and VMRESUME on the bare machine. */
export class BareEntries extends Part {
  enter(state: State): State {
    const { entryChecks } = this.parts;
    const { guest, entry } = state;
    const checked = { core: guest.core, controls: guest.controls, entry };
    const error = entryChecks.instructionError(state.l1.blocking, checked);
    if (error !== 0) return this.failEarly(state, error);
    const failure = entryChecks.failure(checked, state.machine);
    if (failure === undefined) return this.inject(this.load(withEntry(state, 1)));
    const l1 = this.parts.exitToL1.hostState(state.l1.nmiBlocking);
    return withExit({ ...withEntry(state, 3), l1 }, failure);
  }

  /** "After a VMfailValid L1 runs on with IF as it was" */
  failEarly(state: State, error: number): State {
    return withEntry({ ...state, l1: this.parts.instructions.completed(state.l1) }, 2, error);
  }

  /** L2 runs. */
  load(state: State): State {
    const { loading, virtualInterrupts, quiet } = this.parts;
    const { guest, expired, chips, entry } = state;
    if (chips.apic.irr !== 0 || chips.pic || chips.nmi || chips.init) this.cite('entry-recognizes-nothing');
    if (chips.apic.irr !== 0) this.cite('pending-interrupt-survives-level-changes');
    if (entry.information === 0 && (chips.pic || chips.apic.irr !== 0)) this.cite('entry-executes-nothing-first');
    const core = loading.guestState(guest.core);
    const evaluates = (guest.controls & control.virtualInterruptDelivery) !== 0;
    return {
      ...state,
      runsL2: true,
      l1: quiet.exitToL1.hostState(false),
      guest: {
        ...guest,
        core: { ...core, nmiBlocking: loading.nmiBlocking(core) },
        virtual: evaluates ? virtualInterrupts.entry(guest.virtual, guest.controls) : guest.virtual,
        timer: loading.timer(guest.controls, expired),
        mtf: loading.injectsMtf(entry),
      },
    };
  }

  /** "the event is delivered first" */
  private inject(state: State): State {
    const event = this.parts.loading.vectored(state.entry, state.guest.core);
    return event === undefined ? state : this.parts.bareBoundaries.deliverToL2(state, event);
  }
}
