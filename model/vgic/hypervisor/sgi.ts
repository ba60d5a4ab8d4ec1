import { Part } from '../part.ts';
import type { VgicState, VirtualState } from '../state.ts';
import { withIrq } from '../update.ts';

/** GICD_SGIR, GICD_SPENDSGIR and GICD_CPENDSGIR; CPUs are places in the VM. */
export class SgiRules extends Part {
  /** Virtual CPU `v` writes GICD_SGIR. */
  send(state: VgicState, v: number, sgi: number, filter: number, list: number): VgicState {
    const { machine } = state;
    const members = machine.members[machine.vm[v]];
    const targets = this.targets(filter, list, machine.place[v], members.length);
    let sent = state;
    members.forEach((target, place) => {
      if ((targets & (1 << place)) === 0) return;
      const i = machine.irq(target, sgi);
      sent = this.parts.routing.queue(withIrq(sent, i, this.sentBy(sent.software.irqs[i], machine.place[v])), i);
    });
    return sent;
  }

  targets(filter: number, list: number, sender: number, cpus: number): number {
    switch (filter) {
      case 0:
        return this.listed(list);
      case 1:
        return this.allOthers(sender, cpus);
      case 2:
        return this.self(sender);
      default:
        return this.reserved();
    }
  }

  /** "to the existing virtual CPUs of the target list, and to no other" */
  listed(list: number): number {
    this.cite('sgi-filter-0-sends-to-the-list');
    return list;
  }

  /** "to all virtual CPUs of the VM but the sender" */
  allOthers(sender: number, cpus: number): number {
    this.cite('sgi-filter-1-sends-to-all-others');
    return ((1 << cpus) - 1) & ~(1 << sender);
  }

  /** "to the sender alone" */
  self(sender: number): number {
    this.cite('sgi-filter-2-sends-to-the-sender');
    return 1 << sender;
  }

  /** "the reserved filter 3 sends nothing" */
  reserved(): number {
    this.cite('sgi-filter-3-is-ignored');
    return 0;
  }

  /** "sets the latch of the target, and adds the sender to the waiting sources" */
  sentBy(irq: VirtualState, sender: number): VirtualState {
    this.cite('sgi-records-its-sender');
    if ((irq.sources & (1 << sender)) !== 0) this.cite('same-sgi-from-the-same-source-coalesces');
    return { ...irq, latch: true, sources: irq.sources | (1 << sender) };
  }

  /** GICD_SPENDSGIR: "adds the named source to the waiting ones, sets the latch and queues the SGI". */
  setPending(state: VgicState, i: number, source: number): VgicState {
    this.cite('set-sgi-pending-adds-a-source');
    const irq = state.software.irqs[i];
    const added = { ...irq, latch: true, sources: irq.sources | (1 << source) };
    return this.parts.routing.queue(withIrq(state, i, added), i);
  }

  /** GICD_CPENDSGIR: "the latch falls when none is left". */
  clearPending(state: VgicState, i: number, source: number): VgicState {
    this.cite('clear-sgi-pending-clears-a-source');
    const irq = state.software.irqs[i];
    const sources = irq.sources & ~(1 << source);
    return withIrq(state, i, { ...irq, sources, latch: irq.latch && sources !== 0 });
  }
}
