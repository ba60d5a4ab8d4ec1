import { activityStates } from '../../../spec/vmx/guest-non-register-state.ts';
import { noEvent } from '../events.ts';
import { withEntry, withExit } from '../outputs.ts';
import { Part } from '../part.ts';
import type { NestedState as State } from '../state.ts';
import { withCurrent } from '../update.ts';

/** VMLAUNCH or VMRESUME of L1: it has exited to L0. */
export class NestedEntry extends Part {
  enter(state: State): State {
    const { entryChecks } = this.parts;
    const { vmcs12, vmcs01 } = state;
    const { core } = vmcs01.guest;
    const error = entryChecks.instructionError(core.blocking, vmcs12);
    if (error !== 0) return withEntry(this.parts.emulator.skipInstruction(state), 2, error);
    const failure = entryChecks.failure(vmcs12, state.machine);
    if (failure === undefined) return this.start(withEntry(state, 1));
    const guest = { ...vmcs01.guest, core: this.parts.exitToL1.hostState(core.nmiBlocking) };
    return withExit(withCurrent(withEntry(state, 3), { guest }), failure);
  }

  /** 02 is composed; the entry is pending until the processor has been in L2. */
  private start(state: State): State {
    const { composition, loading, quiet } = this.parts;
    const { vmcs12, vmcs01, chips } = state;
    if (chips.apic.irr !== 0) this.cite('pending-interrupt-survives-level-changes');
    const { core, controls, entry, expired } = vmcs12;
    return {
      ...state,
      runsL2: true,
      vmcs01: { ...vmcs01, guest: { ...vmcs01.guest, core: quiet.exitToL1.hostState(false) } },
      vmcs02: composition.compose02(state),
      l0: {
        ...state.l0,
        runPending: this.isPending(core.activity),
        inflight: loading.vectored(entry, core) ?? noEvent,
        mtf: loading.injectsMtf(entry),
        timer: loading.timer(controls, expired),
        nmiBlocking: core.nmiBlocking,
        looked: false,
      },
    };
  }

  /** An L2 that does not execute is never on the processor: L0 keeps it. */
  isPending(activity: number): boolean {
    return activity === activityStates.active || activity === activityStates.hlt;
  }
}
