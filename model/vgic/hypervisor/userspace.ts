import { Part } from '../part.ts';
import type { VgicState, VirtualState } from '../state.ts';
import { withIrq, withSoftware } from '../update.ts';

/** Accesses of userspace to a stopped VM; `i` is the place of the interrupt in `Software.irqs`. */
export class Userspace extends Part {
  /** Saves the VM, resets it and restores it. */
  saveRestore(state: VgicState, vm: number): VgicState {
    this.cite('save-restore-is-the-identity');
    const { machine, software } = state;
    const restored = withSoftware(state, {
      ...software,
      irqs: software.irqs.map((irq) => (irq.id.vm === vm ? this.restored(irq) : irq)),
      lists: software.lists.map((list, v) => (machine.vm[v] === vm ? [] : list)),
    });
    return this.requeued(restored, vm);
  }

  /** "keeps enable, trigger, priority, group, target, latch, line and active state"; not the source of an active SGI */
  restored(irq: VirtualState): VirtualState {
    return { ...irq, holder: -1, activeSource: 0 };
  }

  /** "queues its interrupts anew by the routing rule, in the order in which they are restored" */
  requeued(state: VgicState, vm: number): VgicState {
    this.cite('restore-queues-what-it-makes-pending-or-active');
    return state.machine.ofVm[vm].reduce((queued, i) => this.parts.routing.queue(queued, i), state);
  }

  /** "Userspace writes the latch alone, in both polarities" */
  setPending(state: VgicState, v: number, i: number, value: boolean): VgicState {
    this.cite('user-pending-write-is-the-latch-alone');
    const irq = state.software.irqs[i];
    const sources = irq.id.isSgi ? this.sourcesAfterWrite(irq, state.machine.place[v], value) : irq.sources;
    const written = this.physicalAfterAccess(withIrq(state, i, { ...irq, latch: value, sources }), irq, value);
    return value ? this.parts.routing.queue(written, i) : written;
  }

  /** "has the virtual CPU itself as its source"; "loses all its waiting sources" */
  sourcesAfterWrite(irq: VirtualState, self: number, value: boolean): number {
    this.cite(value ? 'user-set-sgi-comes-from-the-cpu-itself' : 'user-cleared-sgi-loses-all-sources');
    return value ? irq.sources | (1 << self) : 0;
  }

  /** "reads the latch alone, whatever the line" */
  readPending(state: VgicState, i: number): boolean {
    this.cite('user-pending-read-is-the-latch-alone');
    return state.software.irqs[i].latch;
  }

  /** "edge-triggered and level-sensitive interrupts alike; a high level queues the interrupt" */
  setLine(state: VgicState, i: number, value: boolean): VgicState {
    this.cite('user-line-level-is-stored-for-any-trigger');
    const irq = state.software.irqs[i];
    const written = this.physicalAfterAccess(withIrq(state, i, { ...irq, line: value }), irq, value);
    return value ? this.parts.routing.queue(written, i) : written;
  }

  /** "the active state of an interrupt that is not mapped; an active one is queued" */
  setActive(state: VgicState, i: number, value: boolean): VgicState {
    const irq = state.software.irqs[i];
    if (this.ignoresActiveWrite(irq)) return state;
    this.cite('user-active-write-sets-the-active-state');
    const written = withIrq(state, i, { ...irq, active: value, activeSource: 0 });
    return value ? this.parts.routing.queue(written, i) : written;
  }

  /** "A write of userspace to the active state of a mapped interrupt is ignored." */
  ignoresActiveWrite(irq: VirtualState): boolean {
    if (irq.pIntId !== 0) this.cite('user-active-write-of-a-mapped-interrupt-is-ignored');
    return irq.pIntId !== 0;
  }

  /** "No access of userspace changes the state of a physical interrupt." */
  physicalAfterAccess(state: VgicState, irq: VirtualState, _value: boolean): VgicState {
    if (irq.pIntId !== 0) this.cite('user-access-spares-the-physical-side');
    return state;
  }
}
