import { Part } from '../../part.ts';
import type { IdtVectoringState as State } from '../../state.ts';
import { withGuest } from '../../update.ts';

/** The hypervisor repairs what an IRET met, and lets it be executed again. */
export class IretRepair extends Part {
  repair(state: State, reason: number, wereBlocked: boolean): State {
    return withGuest(state, { nmiBlocked: this.nmiBlockedAfter(reason, wereBlocked) });
  }

  /** "blocks NMIs again if bit 12 was 1" */
  nmiBlockedAfter(_reason: number, wereBlocked: boolean): boolean {
    this.cite('iret-repaired-restores-nmi-blocking');
    return wereBlocked;
  }
}
