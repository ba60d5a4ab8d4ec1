import { Part } from '../part.ts';
import type { Vmcs12State as State, VmExit } from '../state.ts';
import { withOutcome, withVmcs, withL0 } from '../update.ts';

/** An exit from L2 to L1, in the order of the manual. */
export class Exits extends Part {
  exit(state: State, exit: VmExit): State {
    const { exitInformation, controlFields, msrLists, hostStateLoading } = this.parts;
    this.cite('exit-writes-guest-state-and-exit-information-only');
    this.cite('other-vmcs-is-untouched');
    const told = this.describedByHardware(withVmcs(state, exitInformation.record(state, exit)), exit);
    const cleared = withVmcs(told, controlFields.afterExit(told));
    const saved = this.save(cleared, exit);
    const stored = msrLists.storeAtExit(saved);
    const loaded = msrLists.loadAtExit(hostStateLoading.load(stored, stored.l2));
    return withOutcome(this.arrive(loaded), 'exited');
  }

  /** The exit is one of hardware, too: L0 finds it in the third VMCS. */
  private describedByHardware(state: State, exit: VmExit): State {
    if (!state.machine.isNested) return state;
    const values = this.parts.exitInformation.values(state, exit);
    return withL0(state, { vmcs02: { ...state.l0.vmcs02, ...values } });
  }

  /** Saving guest state, group by group. */
  save(state: State, exit: VmExit): State {
    const { savedRegisters, savedSegments, savedMsrs, savedNonRegister } = this.parts;
    const registers = savedRegisters.save(state, exit);
    const segments = savedSegments.save(registers);
    return savedNonRegister.save(savedMsrs.save(segments), exit);
  }

  /** L1's handler: it removes the obstacle at once. An NMI that exited is behind it, too. */
  arrive(state: State): State {
    const { memory, platform } = state;
    return {
      ...state,
      platform: { ...platform, level: 1 },
      memory: memory.obstacle === 'none' ? memory : { ...memory, obstacle: 'none' },
    };
  }
}
