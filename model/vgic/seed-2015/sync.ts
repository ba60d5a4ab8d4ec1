import { emptyListRegister, isValid, type ListRegister } from '../hardware/list-register.ts';
import { Part } from '../part.ts';
import type { VgicState, VirtualState } from '../state.ts';
import { replaced, withIrq, withSoftware, withVcpu } from '../update.ts';

/** Guest exit under the rules of 2015. */
export class Seed2015Sync extends Part {
  exit(state: VgicState, v: number): VgicState {
    const { loadedOn: p, used } = state.software.vcpus[v];
    const { listRegisters } = state.hardware.cpus[p];
    const stopped = { ...state.software.vcpus[v], running: false, saved: listRegisters };
    let synced = withVcpu(this.parts.fold.quiet(state, p), v, stopped);
    for (let n = 0; n < listRegisters.length; n++) {
      if ((used & (1 << n)) === 0) continue;
      const lr = listRegisters[n];
      synced = lr.hw ? this.syncHw(synced, v, n, lr) : this.syncSoftware(synced, v, n, lr);
    }
    return this.activeFromListRegisters(synced, v);
  }

  /** "clears the physical active state of a list register with HW=1 that the guest has not completed" */
  private syncHw(state: VgicState, v: number, n: number, lr: ListRegister): VgicState {
    const i = state.machine.irq(v, lr.intid);
    if (this.isCompleted(state, state.software.irqs[i])) return this.completed(this.freed(state, v, n), i);
    return this.quiesced(state, state.software.irqs[i]);
  }

  /** "If the physical interrupt … is not active at exit, the guest has completed it" */
  isCompleted(state: VgicState, irq: VirtualState): boolean {
    const completed = !this.parts.mapping.isPhysicalHeld(state, irq);
    if (completed) this.cite('seed-inactive-physical-interrupt-means-completed');
    return completed;
  }

  quiesced(state: VgicState, irq: VirtualState): VgicState {
    this.cite('seed-exit-makes-the-physical-interrupt-quiescent');
    return this.parts.mapping.setPhysicalActive(state, irq, false);
  }

  /** A mapped interrupt was completed. */
  private completed(state: VgicState, i: number): VgicState {
    const irq = state.software.irqs[i];
    const line = irq.edge ? irq.line : this.lineAfterCompletion(state, irq);
    return withIrq(state, i, { ...irq, queued: this.queuedAfterCompletion(irq), line });
  }

  /** "allows the next offer" */
  queuedAfterCompletion(_irq: VirtualState): boolean {
    this.cite('seed-completion-allows-the-next-offer');
    return false;
  }

  /** "its line level is taken from the device" */
  lineAfterCompletion(state: VgicState, irq: VirtualState): boolean {
    this.cite('seed-completed-mapped-level-is-sampled');
    return this.parts.mapping.sample(state, irq);
  }

  private syncSoftware(state: VgicState, v: number, n: number, lr: ListRegister): VgicState {
    if (!this.isFree(lr)) return state;
    const freed = this.freed(state, v, n);
    return lr.eoi ? this.levelCompleted(freed, state.machine.irq(v, lr.intid)) : freed;
  }

  /** "an invalid list register with HW=0 becomes free" */
  isFree(lr: ListRegister): boolean {
    if (!isValid(lr)) this.cite('seed-empty-list-register-is-free');
    return !isValid(lr);
  }

  private freed(state: VgicState, v: number, n: number): VgicState {
    const vcpu = state.software.vcpus[v];
    const saved = replaced(vcpu.saved, n, emptyListRegister);
    return withVcpu(state, v, { ...vcpu, saved, used: vcpu.used & ~(1 << n) });
  }

  /** "clears its latch, and that of an SPI is reported to userspace" */
  private levelCompleted(state: VgicState, i: number): VgicState {
    const irq = state.software.irqs[i];
    const completed = { ...irq, queued: this.queuedAfterCompletion(irq), latch: this.latchAfterCompletion(irq) };
    const cleared = withIrq(state, i, completed);
    if (!irq.id.isSpi) return cleared;
    return { ...cleared, reply: { ...cleared.reply, resampled: cleared.reply.resampled | (1 << irq.id.bit) } };
  }

  latchAfterCompletion(_irq: VirtualState): boolean {
    this.cite('seed-level-completion-clears-the-latch');
    return false;
  }

  /** "active if a list register in use held it with the active bit at the last exit" */
  private activeFromListRegisters(state: VgicState, v: number): VgicState {
    const { machine, software } = state;
    const irqs = software.irqs.slice();
    for (const i of machine.visible[v]) {
      const irq = irqs[i];
      const holders = irq.id.isSpi ? machine.members[irq.id.vm] : [v];
      const active = holders.some((holder) => this.isListedActive(software.vcpus[holder].saved, irq.id.intid));
      if (active !== irq.active) {
        this.cite('seed-active-is-what-is-listed-active');
        irqs[i] = { ...irq, active };
      }
    }
    return withSoftware(state, { ...software, irqs });
  }

  isListedActive(saved: readonly ListRegister[], intid: number): boolean {
    return saved.some((lr) => lr.active && lr.intid === intid);
  }
}
