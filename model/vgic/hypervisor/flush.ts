import { hcrEnabled } from '../hardware/cpu-interface.ts';
import { emptyListRegister, type ListRegister } from '../hardware/list-register.ts';
import { Part } from '../part.ts';
import type { VgicState, VirtualState } from '../state.ts';
import { replaced, withCpu, withHardware, withSoftware, withVcpu } from '../update.ts';

/** What an entry puts into the list registers, and what remains in software. */
interface Filled {
  readonly listRegisters: readonly ListRegister[];
  readonly used: number;
  readonly irqs: readonly VirtualState[];
  readonly uie: boolean;
}

/** Guest entry: from the list to the list registers. */
export class Flush extends Part {
  /** Fills the list registers for virtual CPU `v`, and lets it run. */
  enter(state: VgicState, v: number): VgicState {
    const list = this.order(state, v);
    const { listRegisters, used, irqs, uie } = this.fill(state, v, list);
    const offered = withSoftware(state, { ...state.software, irqs, lists: replaced(state.software.lists, v, list) });
    const p = state.software.vcpus[v].loadedOn;
    const cpu = { ...state.hardware.cpus[p], listRegisters, hcr: uie ? { ...hcrEnabled, uie } : hcrEnabled };
    const entered = withHardware(offered, withCpu(state.hardware, p, cpu));
    const running = { ...state.software.vcpus[v], running: true, used };
    return withVcpu(this.physicalAfterEntry(entered, v), v, running);
  }

  /** Walks the list, until it ends, the list registers are full, or what follows is held back. */
  private fill(state: VgicState, v: number, list: readonly number[]): Filled {
    const { machine } = state;
    const { nrLr } = machine.config;
    const guards = this.hasMultiSgi(state, list);
    const irqs = state.software.irqs.slice();
    const listRegisters: ListRegister[] = [];
    let guard = 0xff;
    let uie = false;
    for (let k = 0; k < list.length && listRegisters.length < nrLr; k++) {
      const i = list[k];
      if (guards && this.holdsBack(irqs[i], guard)) break;
      if (!this.isFor(state, irqs[i], v)) continue;
      do {
        const offered = this.parts.offer.populate(irqs[i], machine);
        listRegisters.push(offered.lr);
        irqs[i] = offered.irq;
      } while (this.offersAgain(irqs[i]) && listRegisters.length < nrLr);
      guard = this.guardAfter(irqs[i], guard);
      if (listRegisters.length === nrLr) uie = this.asksForUnderflow(k + 1 < list.length);
    }
    const used = listRegisters.length;
    while (listRegisters.length < nrLr) listRegisters.push(this.unused());
    return { listRegisters, used, irqs, uie };
  }

  /** The list of virtual CPU `v` in the order in which it is offered, which it keeps. */
  private order(state: VgicState, v: number): readonly number[] {
    const list = state.software.lists[v];
    return this.needsSorting(state, list) ? this.sorted(state, list) : list;
  }

  /** Whether some SGI waits with more than one source, or is in service while another source waits. */
  private hasMultiSgi(state: VgicState, list: readonly number[]): boolean {
    return list.some((i) => this.parts.offer.weight(state.software.irqs[i]) > 1);
  }

  /** "sorted if it needs more list registers than there are, or if some SGI waits with more than one source" */
  needsSorting(state: VgicState, list: readonly number[]): boolean {
    let weight = 0;
    for (const i of list) weight += this.parts.offer.weight(state.software.irqs[i]);
    const needs = weight > state.machine.config.nrLr || this.hasMultiSgi(state, list);
    if (list.length > 1) this.cite('list-is-sorted-only-when-it-overflows');
    return needs;
  }

  sorted(state: VgicState, list: readonly number[]): readonly number[] {
    const { irqs } = state.software;
    return list.slice().sort((a, b) => this.compare(irqs[a], irqs[b]));
  }

  /** Negative if `a` sorts before `b`; 0 if they sort alike, and keep their order. */
  compare(a: VirtualState, b: VirtualState): number {
    if (a.active || b.active) return this.compareActive(a, b);
    const isDeliverable = (irq: VirtualState): boolean => irq.enabled && this.parts.routing.isPending(irq);
    const [deliverableA, deliverableB] = [isDeliverable(a), isDeliverable(b)];
    if (!deliverableA || !deliverableB) return this.compareDeliverable(deliverableA, deliverableB);
    if (a.priority === b.priority) this.cite('sorting-is-stable');
    return this.comparePriority(a, b);
  }

  /** "Active interrupts sort before all others." */
  compareActive(a: VirtualState, b: VirtualState): number {
    this.cite('active-sorts-before-pending');
    return Number(b.active) - Number(a.active);
  }

  /** "Interrupts that are pending and enabled sort before those that are not." */
  compareDeliverable(a: boolean, b: boolean): number {
    this.cite('deliverable-sorts-before-undeliverable');
    return Number(b) - Number(a);
  }

  /** "by priority, the highest first" */
  comparePriority(a: VirtualState, b: VirtualState): number {
    this.cite('pending-sorts-by-priority');
    return a.priority - b.priority;
  }

  /** "no interrupt of lower priority is offered in the same entry" */
  holdsBack(irq: VirtualState, guard: number): boolean {
    const holds = irq.priority > guard;
    if (holds) this.cite('waiting-sgi-sources-hold-back-lower-priorities');
    return holds;
  }

  /** "No two valid list registers … hold the same virtual INTID, an SGI from several sources included." */
  offersAgain(irq: VirtualState): boolean {
    if (irq.sources !== 0) this.cite('one-list-register-per-intid');
    return false;
  }

  /** The priority of an SGI that has further sources waiting. */
  guardAfter(irq: VirtualState, guard: number): number {
    return irq.sources === 0 ? guard : irq.priority;
  }

  /** "exactly those interrupts of its list that are for this virtual CPU" */
  isFor(state: VgicState, irq: VirtualState, v: number): boolean {
    const target = this.parts.routing.target(state, irq);
    if (target !== v) this.cite('only-own-interrupts-are-offered');
    if (target >= 0 && target !== v) this.cite('retargeted-pending-interrupt-is-served-once');
    return target === v;
  }

  /** "When all list registers are taken and the list goes on, UIE is set" */
  asksForUnderflow(listGoesOn: boolean): boolean {
    this.cite('overflow-sets-uie');
    if (listGoesOn) this.cite('overflowed-interrupt-waits-in-software');
    return listGoesOn;
  }

  /** "leaves every list register that it does not fill invalid" */
  unused(): ListRegister {
    this.cite('unused-list-registers-are-empty');
    return emptyListRegister;
  }

  /** "Entry changes nothing in the physical distributor." */
  physicalAfterEntry(state: VgicState, v: number): VgicState {
    if (state.software.lists[v].some((i) => state.software.irqs[i].pIntId !== 0)) {
      this.cite('entry-leaves-the-physical-side');
    }
    return state;
  }
}
