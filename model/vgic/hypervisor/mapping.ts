import { Part } from '../part.ts';
import type { VgicState, VirtualState } from '../state.ts';
import { withHardware, withIrq } from '../update.ts';

/** Virtual interrupts that stand for physical ones. */
export class Mapping extends Part {
  /** The physical CPU in whose bank the physical interrupt is; 0 for an SPI, and where its virtual CPU is not loaded. */
  bankOf(state: VgicState, irq: VirtualState): number {
    return irq.id.isSpi ? 0 : Math.max(state.software.vcpus[irq.id.vcpu].loadedOn, 0);
  }

  /** Sets or clears the active state of the physical interrupt, or what stands for it, without touching anything else. */
  setPhysicalActive(state: VgicState, irq: VirtualState, active: boolean): VgicState {
    const { physical } = this.parts;
    const p = this.bankOf(state, irq);
    if (this.reachesActive(state)) {
      return withHardware(state, physical.setActive(state.hardware, irq.pIntId, p, active));
    }
    return withHardware(state, physical.setMasked(state.hardware, irq.pIntId, p, active));
  }

  /** "the host masks a mapped interrupt in the place of leaving it active" */
  reachesActive(state: VgicState): boolean {
    const { hwDeactivation } = state.machine.config;
    if (!hwDeactivation) this.cite('mask-stands-for-active-without-hardware-deactivation');
    return hwDeactivation;
  }

  /** Whether the physical interrupt is active, or masked in its place. */
  isPhysicalHeld(state: VgicState, irq: VirtualState): boolean {
    const physical = this.parts.physical.of(state.hardware, irq.pIntId, this.bankOf(state, irq));
    return physical.active || physical.masked;
  }

  /** The level of the device behind a mapped interrupt: of the timer itself, of an SPI the physical pending state. */
  sample(state: VgicState, irq: VirtualState): boolean {
    const { physical, timer } = this.parts;
    if (!irq.id.isSpi) return timer.shouldFire(state.environment.timers[irq.id.vcpu]);
    return physical.isPending(physical.of(state.hardware, irq.pIntId, 0));
  }

  /** "Mapping makes a virtual interrupt stand for its physical one, and changes neither." */
  map(state: VgicState, i: number, pIntId: number): VgicState {
    this.cite('mapping-changes-nothing-else');
    return withIrq(state, i, { ...state.software.irqs[i], pIntId });
  }

  /** "Dropping a mapping changes neither the virtual interrupt nor the physical one." */
  unmap(state: VgicState, i: number): VgicState {
    this.cite('unmapping-changes-nothing-else');
    return withIrq(state, i, { ...state.software.irqs[i], pIntId: 0 });
  }
}
