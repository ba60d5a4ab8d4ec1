import { hcrOff } from '../hardware/cpu-interface.ts';
import { isValid, type ListRegister } from '../hardware/list-register.ts';
import type { Machine } from '../machine.ts';
import { Part } from '../part.ts';
import type { VgicState, VirtualState } from '../state.ts';
import { withCpu, withHardware, withIrq, withVcpu } from '../update.ts';

/** Guest exit: from the list registers back into software. */
export class Fold extends Part {
  /** Takes virtual CPU `v` out of the guest: save, fold, prune. */
  exit(state: VgicState, v: number): VgicState {
    const { loadedOn: p, used } = state.software.vcpus[v];
    const saved = state.hardware.cpus[p].listRegisters;
    let folded = withVcpu(this.quiet(state, p), v, { ...state.software.vcpus[v], running: false, used: 0 });
    for (let n = 0; n < used; n++) folded = this.foldOne(folded, v, this.saved(saved[n]));
    return this.parts.routing.prune(folded, v);
  }

  /** "Exit zeroes every list register and GICH_HCR"; "UIE is cleared at exit" */
  quiet(state: VgicState, p: number): VgicState {
    const cpu = state.hardware.cpus[p];
    this.cite('exit-zeroes-list-registers');
    if (cpu.hcr.uie) this.cite('uie-lasts-until-the-next-exit');
    const listRegisters = this.listRegistersAfterExit(cpu.listRegisters, state.machine);
    return withHardware(state, withCpu(state.hardware, p, { ...cpu, listRegisters, hcr: hcrOff }));
  }

  listRegistersAfterExit(_listRegisters: readonly ListRegister[], machine: Machine): readonly ListRegister[] {
    return machine.noListRegisters;
  }

  /** What is read back of a used list register. One that GICH_ELRSR shows as empty need not be read. */
  saved(lr: ListRegister): ListRegister {
    return lr;
  }

  private foldOne(state: VgicState, v: number, lr: ListRegister): VgicState {
    const i = state.machine.irq(v, lr.intid);
    const irq = state.software.irqs[i];
    const deactivated = irq.active && !lr.active;
    const folded: VirtualState = {
      ...irq,
      active: this.active(irq, lr),
      activeSource: this.activeSource(irq, lr),
      latch: this.latch(irq, lr),
      sources: this.sources(irq, lr),
    };
    const reported = this.reportsCompletion(irq, lr) ? this.reported(state, irq) : state;
    return this.resampled(withIrq(reported, i, folded), i, lr, deactivated);
  }

  /** "active exactly if its list register has the active bit" */
  active(_irq: VirtualState, lr: ListRegister): boolean {
    this.cite('active-follows-the-list-register');
    return lr.active;
  }

  /** "the source in service of an active SGI is that of its list register" */
  activeSource(irq: VirtualState, lr: ListRegister): number {
    if (!irq.id.isSgi || !lr.active) return irq.activeSource;
    this.cite('active-sgi-source-follows-the-list-register');
    return lr.source;
  }

  latch(irq: VirtualState, lr: ListRegister): boolean {
    if (irq.edge) return this.edgeLatch(irq, lr);
    return this.levelLatch(irq, lr);
  }

  /** "the pending bit of the list register of an edge-triggered interrupt sets the latch again" */
  edgeLatch(irq: VirtualState, lr: ListRegister): boolean {
    if (lr.pending) this.cite('unacknowledged-edge-returns-to-the-latch');
    return irq.latch || lr.pending;
  }

  /** "its pending state follows from line and latch alone"; "an invalid list register … clears its latch" */
  levelLatch(irq: VirtualState, lr: ListRegister): boolean {
    if (lr.pending) this.cite('level-pending-is-never-copied-back');
    if (isValid(lr)) return irq.latch;
    this.cite('completed-level-clears-the-latch');
    return false;
  }

  /** "a pending SGI returns to the set of waiting sources, under the source of its list register" */
  sources(irq: VirtualState, lr: ListRegister): number {
    if (!irq.id.isSgi || !lr.pending) return irq.sources;
    this.cite('unacknowledged-sgi-returns-to-its-source');
    return irq.sources | (1 << lr.source);
  }

  /** "an invalid list register of an SPI with HW=0 and the EOI bit" */
  reportsCompletion(irq: VirtualState, lr: ListRegister): boolean {
    return irq.id.isSpi && !isValid(lr) && lr.eoi && !lr.hw;
  }

  /** "reported to userspace as completed, once" */
  reported(state: VgicState, irq: VirtualState): VgicState {
    this.cite('completed-level-spi-is-reported');
    return { ...state, reply: { ...state.reply, resampled: state.reply.resampled | (1 << irq.id.bit) } };
  }

  /** What a mapped interrupt learns from its device, and what becomes of the physical interrupt. */
  private resampled(state: VgicState, i: number, lr: ListRegister, deactivated: boolean): VgicState {
    const irq = state.software.irqs[i];
    if (irq.pIntId === 0) return state;
    if (!state.machine.config.hwDeactivation) {
      return this.unmasks(irq) ? this.parts.mapping.setPhysicalActive(state, irq, false) : state;
    }
    if (irq.edge || !this.samples(irq, lr, deactivated)) return state;
    const line = this.parts.mapping.sample(state, irq);
    const sampled = withIrq(state, i, { ...irq, line });
    if (!this.deactivatesAfterSample(line, lr.pending)) return sampled;
    return this.parts.mapping.setPhysicalActive(sampled, irq, false);
  }

  /** Still pending in its list register; or deactivated by the guest, and its line high in software. */
  samples(irq: VirtualState, lr: ListRegister, deactivated: boolean): boolean {
    if (lr.pending) return this.samplesUnacknowledged();
    if (deactivated && irq.line) return this.samplesAfterDeactivation();
    this.cite('served-mapped-level-is-not-sampled');
    return false;
  }

  samplesUnacknowledged(): boolean {
    this.cite('unacknowledged-mapped-level-is-sampled');
    return true;
  }

  samplesAfterDeactivation(): boolean {
    this.cite('stale-line-is-sampled-after-deactivation');
    return true;
  }

  /** "If that sample is low, … the physical interrupt is deactivated"; high, it "stays active" */
  deactivatesAfterSample(line: boolean, wasPending: boolean): boolean {
    if (wasPending)
      this.cite(line ? 'asserted-mapped-level-is-offered-again' : 'withdrawn-mapped-level-is-not-delivered');
    return !line;
  }

  /** "unmasks the physical interrupt of an offered mapped interrupt that is neither active nor latched" */
  unmasks(irq: VirtualState): boolean {
    const atRest = !irq.active && !irq.latch;
    if (atRest) this.cite('software-resampling-unmasks-at-rest');
    return atRest;
  }
}
