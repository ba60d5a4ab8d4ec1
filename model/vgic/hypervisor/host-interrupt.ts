import { spurious, virtualInterrupts } from '../../../spec/vgic/universe.ts';
import { Part } from '../part.ts';
import type { VgicState } from '../state.ts';
import { replying, withHardware, withVcpu } from '../update.ts';

/** The virtual interrupt that each physical one is mapped to at reset, if at all. */
const virtualOf: Readonly<Record<number, number>> = Object.fromEntries(
  virtualInterrupts.flatMap(({ intid, pIntId }) => (pIntId === undefined ? [] : [[pIntId, intid]])),
);

/** A physical interrupt and its handler. */
export class HostInterrupt extends Part {
  /** Physical CPU `p` takes what is signalled to it; `undefined` if that is nothing. */
  take(state: VgicState, p: number): VgicState | undefined {
    if (this.parts.physical.signalled(state.hardware, p) === spurious) return undefined;
    const exited = this.exitFirst(state, p);
    const { physical } = this.parts;
    const pIntId = physical.signalled(exited.hardware, p);
    if (pIntId === spurious) return exited;
    const acknowledged = withHardware(exited, physical.acknowledge(exited.hardware, pIntId, p));
    const handled = pIntId === 27 ? this.timerHandler(acknowledged, p) : this.spiHandler(acknowledged, pIntId, p);
    return replying(withHardware(handled, physical.dropPriority(handled.hardware, p)), pIntId);
  }

  /** "handled after the list registers are folded" */
  exitFirst(state: VgicState, p: number): VgicState {
    const v = state.software.vcpus.findIndex(({ loadedOn, running }) => loadedOn === p && running);
    if (v < 0) return state;
    this.cite('fold-precedes-the-host-handler');
    return this.parts.run.exit(state, v);
  }

  timerHandler(state: VgicState, p: number): VgicState {
    const v = this.timerRecipient(state, p);
    if (v < 0 || !this.parts.timer.shouldFire(state.environment.timers[v])) return state;
    const held = this.hold(state, 27, p);
    const told = withVcpu(held, v, { ...held.software.vcpus[v], irqLevel: true });
    return this.parts.injection.inject(told, state.machine.irq(v, 27), true);
  }

  /** "into the virtual CPU that is loaded on the physical CPU which took the interrupt, and into no other" */
  timerRecipient(state: VgicState, p: number): number {
    this.cite('timer-interrupt-goes-to-the-loaded-guest');
    return state.software.vcpus.findIndex(({ loadedOn }) => loadedOn === p);
  }

  spiHandler(state: VgicState, pIntId: number, p: number): VgicState {
    const i = state.machine.spi(0, virtualOf[pIntId]);
    if (state.software.irqs[i].pIntId === 0) return this.unmapped(state, pIntId, p);
    this.cite('mapped-interrupt-is-injected-by-its-handler');
    return this.parts.injection.inject(this.hold(state, pIntId, p), i, true);
  }

  /** "The host deactivates a physical SPI that is not mapped, and injects nothing." */
  unmapped(state: VgicState, pIntId: number, p: number): VgicState {
    this.cite('unmapped-interrupt-is-completed-by-the-host');
    return withHardware(state, this.parts.physical.deactivate(state.hardware, pIntId, p));
  }

  /** "it stays active, and cannot fire, until the guest completes it"; without hardware deactivation it is masked. */
  hold(state: VgicState, pIntId: number, p: number): VgicState {
    if (this.keepsActive(state)) return state;
    const { physical } = this.parts;
    const masked = physical.setMasked(state.hardware, pIntId, p, true);
    return withHardware(state, physical.deactivate(masked, pIntId, p));
  }

  keepsActive(state: VgicState): boolean {
    if (!this.parts.mapping.reachesActive(state)) return false;
    this.cite('mapped-interrupt-stays-active-for-the-guest');
    return true;
  }
}
