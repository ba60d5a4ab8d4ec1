import { Part } from '../part.ts';
import type { IdtVectoringState as State } from '../state.ts';
import { withGuest, withPending } from '../update.ts';
import { nonMaskableInterrupt } from '../vectored-event.ts';

/** NMIs: how many wait, and what blocks them. */
export class Nmis extends Part {
  /** "all others merge" */
  pend(state: State): State {
    const { nmis } = state.pending;
    return nmis < this.limit(state) ? withPending(state, { nmis: nmis + 1 }) : state;
  }

  /** "one is in service and one waits; two wait while none is in service" */
  limit({ guest }: State): number {
    this.cite('nmis-are-counted-to-two');
    return guest.nmiBlocked ? 1 : 2;
  }

  /** Whether nothing holds an NMI back. */
  areOpen(state: State): boolean {
    return !this.areBlocked(state) && !this.areInShadow(state);
  }

  areBlocked({ guest }: State): boolean {
    if (guest.nmiBlocked) this.cite('nmi-blocked-from-delivery-to-iret');
    return guest.nmiBlocked;
  }

  areInShadow({ machine, guest }: State): boolean {
    if (guest.shadow === 'none') return false;
    if (guest.shadow === 'movss') return this.isMovSsShadowBlocking();
    this.cite('sti-and-nmi');
    return machine.config.stiBlocksNmi;
  }

  isMovSsShadowBlocking(): boolean {
    this.cite('movss-casts-a-shadow');
    return true;
  }

  /** The processor takes an NMI: "before its delivery can be interrupted" NMIs are blocked. */
  take(state: State): State {
    return this.parts.delivery.take(this.block(state), nonMaskableInterrupt);
  }

  block(state: State): State {
    this.cite('nmi-blocked-from-delivery-to-iret');
    return withGuest(state, { nmiBlocked: true });
  }

  /** "IRET ends the blocking of NMIs before it reads the stack" */
  unblock(state: State): State {
    if (!state.guest.nmiBlocked) return state;
    this.cite('iret-unblocks-nmis-even-if-it-faults');
    return withGuest(state, { nmiBlocked: false });
  }
}
