import { Part } from '../part.ts';
import type { VgicState, VirtualState } from '../state.ts';
import { replaced, withSoftware } from '../update.ts';

/** Which virtual CPU an interrupt is for, and the lists of what is to be offered. */
export class Routing extends Part {
  /** The latch; for a level-sensitive interrupt the latch or the line. */
  isPending(irq: VirtualState): boolean {
    return irq.latch || (!irq.edge && irq.line);
  }

  /** The virtual CPU that an interrupt is for, or -1. */
  target(state: VgicState, irq: VirtualState): number {
    if (irq.active) return this.targetOfActive(state, irq);
    if (!this.isPending(irq) || !this.mayOffer(irq)) return -1;
    return this.distributorForwards(state, irq) ? this.targetOfPending(irq) : -1;
  }

  /** "for the virtual CPU whose list holds it"; "[if] no list holds [it,] for its configured target" */
  targetOfActive(state: VgicState, irq: VirtualState): number {
    if (!state.software.distributorOn[irq.id.vm]) this.cite('distributor-enable-does-not-hold-back-active');
    if (irq.holder < 0) {
      this.cite('active-interrupt-without-holder-goes-to-its-target');
      return irq.target;
    }
    this.cite('active-interrupt-stays-with-its-holder');
    return irq.holder;
  }

  /** "pending, enabled and not active … for its configured target" */
  targetOfPending(irq: VirtualState): number {
    this.cite('pending-interrupt-goes-to-its-target');
    return irq.target;
  }

  /** "A disabled interrupt that is not active is for nobody, pending or not." */
  mayOffer(irq: VirtualState): boolean {
    if (!irq.enabled) this.cite('disabled-interrupt-is-for-nobody');
    return irq.enabled;
  }

  /** "While the distributor is off, a pending interrupt that is not active is for nobody." */
  distributorForwards(state: VgicState, irq: VirtualState): boolean {
    const on = state.software.distributorOn[irq.id.vm];
    if (!on) this.cite('distributor-off-offers-no-pending');
    return on;
  }

  /** Puts the interrupt at place `i` on the list of the virtual CPU that it is for, unless it is on a list already. */
  queue(state: VgicState, i: number): VgicState {
    if (state.machine.isSeed2015) return state;
    const irq = state.software.irqs[i];
    const target = this.target(state, irq);
    if (target < 0 || !this.mayQueue(irq)) return state;
    return this.append(state, i, target);
  }

  /** "An interrupt that is on a list already keeps its place there" */
  mayQueue(irq: VirtualState): boolean {
    if (irq.holder < 0) return true;
    this.cite('listed-interrupt-is-not-queued-twice');
    return false;
  }

  /** "goes to the tail of the list" */
  append(state: VgicState, i: number, v: number): VgicState {
    this.cite('queueing-appends-at-the-tail');
    const { irqs, lists } = state.software;
    return withSoftware(state, {
      ...state.software,
      irqs: replaced(irqs, i, { ...irqs[i], holder: v }),
      lists: replaced(lists, v, [...lists[v], i]),
    });
  }

  /** At exit: what is for nobody leaves the list of `v`, what is for another virtual CPU moves there. */
  prune(state: VgicState, v: number): VgicState {
    let pruned = state;
    for (const i of state.software.lists[v]) {
      const target = this.targetAtPrune(pruned, pruned.software.irqs[i]);
      if (target === v) continue;
      pruned = this.remove(pruned, i, v);
      if (target >= 0) pruned = this.move(pruned, i, target);
      else this.cite('prune-removes-what-is-for-nobody');
    }
    return pruned;
  }

  targetAtPrune(state: VgicState, irq: VirtualState): number {
    return this.target(state, irq);
  }

  private remove(state: VgicState, i: number, v: number): VgicState {
    const { irqs, lists } = state.software;
    return withSoftware(state, {
      ...state.software,
      irqs: replaced(irqs, i, { ...irqs[i], holder: -1 }),
      lists: replaced(
        lists,
        v,
        lists[v].filter((other) => other !== i),
      ),
    });
  }

  /** "moves to the tail of the list of that one" */
  move(state: VgicState, i: number, target: number): VgicState {
    this.cite('prune-moves-retargeted-to-the-tail');
    this.cite('retargeted-pending-interrupt-is-served-once');
    this.cite('interrupt-is-on-at-most-one-list');
    return this.append(state, i, target);
  }
}
