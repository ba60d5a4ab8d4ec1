import { exitReasons } from '../../../../spec/vmx/exit-reasons.ts';
import { Part } from '../../part.ts';
import type { Hypervisor, IdtVectoringState as State } from '../../state.ts';
import { withPending } from '../../update.ts';

/** The guest is saved, and restored into a fresh virtual machine. */
export class Migration extends Part {
  migrate(state: State): State {
    if (state.hypervisor.outside) return this.restored(state);
    const exited = this.parts.exits.exit(state, { reason: exitReasons.externalInterrupt });
    return this.parts.entries.enter(this.restored(exited));
  }

  private restored(state: State): State {
    const { hypervisor, pending } = state;
    const inflight = hypervisor.inflight === undefined ? hypervisor : this.inflight(hypervisor);
    return this.guest(withPending({ ...state, hypervisor: inflight }, { nmis: this.nmis(pending.nmis) }));
  }

  /** "keeps an event in flight as injected, with its type, error code, length and payload" */
  inflight(hypervisor: Hypervisor): Hypervisor {
    this.cite('migration-keeps-the-event-in-flight');
    return hypervisor;
  }

  /** "keeps the number of pending NMIs and their blocking" */
  nmis(count: number): number {
    this.cite('migration-keeps-every-nmi');
    return count;
  }

  /** "changes nothing else that the guest can see, shadows included" */
  guest(state: State): State {
    this.cite('migration-is-invisible');
    return state;
  }
}
