import { exitReasons } from '../../../../spec/vmx/exit-reasons.ts';
import { Part } from '../../part.ts';
import type { IdtVectoringState as State } from '../../state.ts';
import { withInflight } from '../../update.ts';
import { nonMaskableInterrupt } from '../../vectored-event.ts';

/** Virtual NMIs: the hypervisor waits for the window and injects. */
export class NmiWindow extends Part {
  /** "exits with reason 8 as soon as it is not blocked, and is injected by the entry that follows" */
  take(state: State): State {
    this.cite('virtual-nmi-by-window');
    const exited = this.parts.exits.exit(state, { reason: exitReasons.nmiWindow });
    return this.parts.entries.enter(withInflight(exited, nonMaskableInterrupt));
  }
}
