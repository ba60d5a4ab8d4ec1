import { noEvent } from '../events.ts';
import type { HostEvent } from '../events.ts';
import { Part } from '../part.ts';
import type { Hypervisor, NestedState as State } from '../state.ts';
import { withL0 } from '../update.ts';

/** Events of L0: none of them shows. */
export class Host extends Part {
  step(state: State, event: HostEvent): State {
    this.cite('l0-is-invisible');
    switch (event.kind) {
      case 'hostExit':
        return this.exit(state);
      case 'hostLook':
        return this.parts.look.look(this.exit(state));
      case 'hostTrap':
        return this.trap(state, event.on);
      case 'hostWindow':
        return this.kick(withL0(state, { window: true }));
      case 'hostMigrate':
        return this.migrate(this.exit(state));
      case 'hostSaveRestore':
        return this.saveRestore(this.exit(state));
      default:
        return event satisfies never;
    }
  }

  /** "the running level leaves the processor" */
  exit(state: State): State {
    if (!state.inGuest) return state;
    this.cite('host-exit-is-a-stutter');
    return this.parts.exitHandlers.leave(state);
  }

  /** Something has become pending: L0 gets control, if it has not, and looks again before the next entry. */
  kick(state: State): State {
    if (state.inGuest) return this.parts.exitHandlers.leave(state);
    if (!state.l0.looked) return state;
    this.cite('race-before-the-entry-is-closed');
    return this.lookAgain(state);
  }

  lookAgain(state: State): State {
    return withL0(state, { looked: false });
  }

  /** A page that both levels' IDTs are in, the page of the next instruction, or an instruction that L0 emulates. */
  private trap(state: State, on: 'delivery' | 'instruction' | 'emulation'): State {
    if (on === 'instruction') return withL0(state, { trapInstruction: true });
    if (on === 'emulation') return withL0(state, { trapEmulation: true });
    // The page is taken out of an EPT that is in use: the processor must forget what it knows of it.
    return this.lookAgain(withL0(this.exit(state), { trapDelivery: true }));
  }

  /** What waits at the old processor stays there. */
  private migrate(state: State): State {
    this.cite('migration-and-restore-keep-everything');
    const physical = { interrupt: false, nmi: false, notification: false };
    return this.lookAgain({ ...state, physical });
  }

  /** Everything is made anew from what was saved: 01 and 02 with the controls that follow from 12, nothing armed. */
  private saveRestore(state: State): State {
    this.cite('migration-and-restore-keep-everything');
    const synced = this.parts.l1Apic.sync(state);
    const { vmcs02 } = synced;
    const { composition } = this.parts;
    return this.lookAgain({
      ...synced,
      vmcs01: { entry: noEvent, guest: composition.recompose({ ...synced, runsL2: false }) },
      vmcs02: synced.runsL2 ? { entry: noEvent, guest: composition.recompose(synced) } : vmcs02,
      l0: this.restored(synced.l0),
      physical: { interrupt: false, nmi: false, notification: false },
      inGuest: false,
    });
  }

  /** What L0 keeps is in what is saved; whether it has looked is not. */
  restored(l0: Hypervisor): Hypervisor {
    return { ...l0, looked: false, plan: 'enter' };
  }
}
