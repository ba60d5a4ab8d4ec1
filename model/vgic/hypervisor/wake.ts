import { Part } from '../part.ts';
import type { VgicState, VirtualState } from '../state.ts';

/** Whether a virtual CPU in WFI has something to wake for. */
export class Wake extends Part {
  wakes(state: VgicState, v: number): boolean {
    if (!this.distributorForwards(state, v)) return false;
    const { loadedOn, vmcr } = state.software.vcpus[v];
    const { pmr } = loadedOn < 0 ? vmcr : state.hardware.cpus[loadedOn].vmcr;
    const wakes = this.listed(state, v).some((i) => this.isDeliverable(state.software.irqs[i], pmr));
    if (wakes) this.cite('wakes-for-a-deliverable-interrupt');
    return wakes;
  }

  /** "Nothing wakes a virtual CPU while the distributor is off." */
  distributorForwards({ machine, software }: VgicState, v: number): boolean {
    const on = software.distributorOn[machine.vm[v]];
    if (!on) this.cite('no-wake-while-the-distributor-is-off');
    return on;
  }

  /** The rules of 2015 keep no lists: all that is targeted counts. */
  private listed({ machine, software }: VgicState, v: number): readonly number[] {
    if (!machine.isSeed2015) return software.lists[v];
    return machine.visible[v].filter((i) => software.irqs[i].target === v);
  }

  /** "pending, enabled, not active, and of higher priority than its mask" */
  isDeliverable(irq: VirtualState, pmr: number): boolean {
    return this.parts.routing.isPending(irq) && this.isEligible(irq) && this.isBelowMask(irq, pmr);
  }

  /** "An interrupt that is disabled, or active already, wakes nobody." */
  isEligible(irq: VirtualState): boolean {
    const eligible = irq.enabled && !irq.active;
    if (!eligible) this.cite('no-wake-for-disabled-or-active');
    return eligible;
  }

  /** "whose priority is not higher than the mask of the virtual CPU does not wake it" */
  isBelowMask(irq: VirtualState, pmr: number): boolean {
    const below = irq.priority < pmr;
    if (!below) this.cite('no-wake-for-masked-priority');
    return below;
  }
}
