import { emptyListRegister, type ListRegister } from '../hardware/list-register.ts';
import type { Machine } from '../machine.ts';
import { Part } from '../part.ts';
import type { VirtualState } from '../state.ts';

/** A list register, and what remains in software. */
export interface Offered {
  readonly lr: ListRegister;
  readonly irq: VirtualState;
}

/** How one interrupt is put into a list register. */
export class Offer extends Part {
  populate(irq: VirtualState, machine: Machine): Offered {
    const pending = this.parts.routing.isPending(irq) && this.allowsPending(irq, machine);
    return {
      lr: this.listRegister(irq, pending, machine),
      irq: pending ? this.afterPending(irq) : irq,
    };
  }

  listRegister(irq: VirtualState, pending: boolean, machine: Machine): ListRegister {
    const hw = this.usesHw(irq, machine);
    return {
      ...emptyListRegister,
      pending: this.pendingBit(pending),
      active: this.activeBit(irq),
      hw,
      group: this.group(irq),
      priority: this.priority(irq),
      intid: irq.id.intid,
      pIntId: hw ? irq.pIntId : 0,
      source: irq.id.isSgi ? this.source(irq, pending) : 0,
      eoi: this.asksForEoi(irq, pending, hw),
    };
  }

  /** List registers that it would take to offer all of it: an SGI counts every source, and the one in service. */
  weight(irq: VirtualState): number {
    if (irq.id.isSgi && irq.sources !== 0) return countBits(irq.sources) + Number(irq.active);
    return this.parts.routing.isPending(irq) || irq.active ? 1 : 0;
  }

  /** Whether an interrupt that is pending may be offered with the pending bit. */
  allowsPending(irq: VirtualState, machine: Machine): boolean {
    if (!irq.active) return true;
    if (this.waitsForActiveSource(irq)) return false;
    if (this.usesHw(irq, machine)) return this.allowsPendingActiveHw(irq);
    return irq.edge ? this.allowsPendingActiveEdge() : this.allowsPendingActiveLevel();
  }

  /** "An SGI that is active while sources wait is offered as active only" */
  waitsForActiveSource(irq: VirtualState): boolean {
    const waits = irq.active && this.weight(irq) > 1;
    if (waits) this.cite('active-sgi-makes-other-sources-wait');
    return waits;
  }

  /** "A list register with HW=1 is never pending and active at once" */
  allowsPendingActiveHw(irq: VirtualState): boolean {
    this.cite('hw-never-pending-and-active');
    this.cite('new-pending-of-an-active-mapped-interrupt-waits');
    if (irq.edge) this.cite('second-mapped-edge-waits-for-deactivation');
    return false;
  }

  /** "A level-sensitive interrupt that is active is offered as active only" */
  allowsPendingActiveLevel(): boolean {
    this.cite('level-never-pending-and-active');
    return false;
  }

  /** "An edge-triggered interrupt without HW … is offered as pending and active." */
  allowsPendingActiveEdge(): boolean {
    this.cite('edge-may-be-pending-and-active');
    return true;
  }

  pendingBit(pending: boolean): boolean {
    if (pending) this.cite('pending-bit-goes-into-the-list-register');
    return pending;
  }

  activeBit(irq: VirtualState): boolean {
    if (irq.active) this.cite('active-bit-goes-into-the-list-register');
    return irq.active;
  }

  /** "A mapped interrupt is offered with HW=1", but not "where guest completion cannot reach the physical interrupt" */
  usesHw(irq: VirtualState, machine: Machine): boolean {
    if (irq.id.isSgi) this.cite('sgi-never-has-hw');
    if (irq.pIntId === 0) return false;
    const { hwDeactivation } = machine.config;
    this.cite(hwDeactivation ? 'hw-list-register-names-its-physical-interrupt' : 'no-hw-without-hardware-deactivation');
    return hwDeactivation;
  }

  /** Level-sensitive with HW=0; and an SGI of which sources remain. */
  asksForEoi(irq: VirtualState, pending: boolean, hw: boolean): boolean {
    if (irq.id.isSgi) return this.sgiAsksForEoi(irq, pending);
    return !hw && !irq.edge && this.levelAsksForEoi();
  }

  levelAsksForEoi(): boolean {
    this.cite('level-list-register-asks-for-eoi-maintenance');
    return true;
  }

  /** "the EOI bit asks for the exit that offers the next" */
  sgiAsksForEoi(irq: VirtualState, pending: boolean): boolean {
    return pending ? this.sourcesAfterOffer(irq.sources) !== 0 : this.waitsForActiveSource(irq);
  }

  /** "Of the waiting sources of an SGI the lowest is offered"; one in service keeps its own. */
  source(irq: VirtualState, pending: boolean): number {
    return pending ? this.sourceToOffer(irq.sources) : irq.activeSource;
  }

  sourceToOffer(sources: number): number {
    this.cite('lowest-sgi-source-is-offered-first');
    this.cite('each-sgi-source-is-delivered-once');
    return 31 - Math.clz32(sources & -sources);
  }

  sourcesAfterOffer(sources: number): number {
    return sources & ~(1 << this.sourceToOffer(sources));
  }

  /** "the five upper bits of the priority … as they are at entry" */
  priority(irq: VirtualState): number {
    this.cite('list-register-carries-priority-and-group');
    return irq.priority & 0xf8;
  }

  group(irq: VirtualState): number {
    return irq.group;
  }

  /** What remains in software of an interrupt that was offered as pending. */
  afterPending(irq: VirtualState): VirtualState {
    if (irq.id.isSgi) {
      const sources = this.sourcesAfterOffer(irq.sources);
      return { ...irq, sources, latch: this.latchOfRemainingSources(irq, sources) };
    }
    if (irq.edge) return { ...irq, latch: this.latchAfterOffer(irq) };
    return irq.pIntId === 0 ? irq : { ...irq, line: this.mappedLineAfterOffer(irq) };
  }

  /** "its latch stays set" */
  latchOfRemainingSources(irq: VirtualState, sources: number): boolean {
    if (sources === 0) return this.latchAfterOffer(irq);
    this.cite('remaining-sgi-sources-keep-the-latch');
    return true;
  }

  /** "clears its latch: the pending state is in the list register now" */
  latchAfterOffer(_irq: VirtualState): boolean {
    this.cite('edge-latch-moves-into-the-list-register');
    return false;
  }

  /** "lowers its line level in software: only rising edges are seen from here on" */
  mappedLineAfterOffer(_irq: VirtualState): boolean {
    this.cite('mapped-level-line-falls-when-offered');
    return false;
  }
}

function countBits(set: number): number {
  let count = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) count++;
  return count;
}
