import { Part } from '../part.ts';
import type { VgicState, VirtualState } from '../state.ts';
import { withIrq } from '../update.ts';

/** What a device tells the hypervisor. */
export class Injection extends Part {
  /** The interrupt at place `i` gets a level, or an edge. */
  inject(state: VgicState, i: number, level: boolean): VgicState {
    const irq = state.software.irqs[i];
    if (irq.edge ? this.ignoresEdge(level) : this.ignoresLevel(irq, level)) return state;
    const changed = irq.edge ? this.latched(irq) : this.lineStored(state, irq, level);
    return this.parts.routing.queue(withIrq(state, i, changed), i);
  }

  /** "The injection of the level that [it] has already changes nothing." */
  ignoresLevel(irq: VirtualState, level: boolean): boolean {
    if (irq.line !== level) return false;
    this.cite('unchanged-level-is-ignored');
    return true;
  }

  /** "A falling line means nothing to an edge-triggered virtual interrupt." */
  ignoresEdge(level: boolean): boolean {
    if (!level) this.cite('falling-edge-is-ignored');
    return !level;
  }

  /** "remembers the level that was injected last"; "lowering a line takes nothing out of a list register" */
  lineStored(state: VgicState, irq: VirtualState, level: boolean): VirtualState {
    this.cite('changed-level-is-stored');
    const holder = irq.queued ? irq.target : irq.holder;
    if (!level && holder >= 0 && state.software.vcpus[holder].running) this.cite('lowering-spares-the-list-registers');
    return { ...irq, line: level };
  }

  /** "sets the pending latch"; "edges that come while the latch is set are delivered once" */
  latched(irq: VirtualState): VirtualState {
    this.cite(irq.latch ? 'edges-coalesce-in-the-latch' : 'edge-sets-the-pending-latch');
    return { ...irq, latch: true };
  }
}
