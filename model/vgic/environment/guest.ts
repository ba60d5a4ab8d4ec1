import type { Skip } from '../../../spec/contract.ts';
import type { CpuInterface } from '../hardware/cpu-interface.ts';
import { isValid } from '../hardware/list-register.ts';
import type { Acknowledgement, Deactivation } from '../hardware/virtual-interface.ts';
import { Part } from '../part.ts';
import { skips } from '../skips.ts';
import type { Acknowledged, VgicState } from '../state.ts';
import { replaced, replying, withCpu, withHardware } from '../update.ts';

/** The guest at its virtual CPU interface: virtual CPU `v` runs. It completes what it acknowledged, in order. */
export class Guest extends Part {
  /** GICV_IAR, or GICV_AIAR: the states that it may lead to. */
  acknowledge(state: VgicState, v: number, aliased: boolean): readonly VgicState[] {
    const p = state.software.vcpus[v].loadedOn;
    const cpu = state.hardware.cpus[p];
    const { config } = state.machine;
    const { virtualInterface } = this.parts;
    const outcomes = aliased ? virtualInterface.aiar(cpu, config) : virtualInterface.iar(cpu, config);
    return outcomes.map((outcome) => this.acknowledged(state, v, p, outcome, aliased));
  }

  private acknowledged(state: VgicState, v: number, p: number, outcome: Acknowledgement, aliased: boolean): VgicState {
    const read = replying(state, outcome.value);
    const { lr } = outcome;
    if (lr === undefined) return read;
    if (!state.machine.isArch && !state.machine.isSeed2015) {
      const { edge } = state.software.irqs[state.machine.irq(v, lr.intid)];
      this.cite(edge ? 'every-edge-is-delivered' : 'level-interrupt-is-eventually-delivered');
    }
    const stack = state.environment.stacks[v];
    if (stack.some(({ dropped }) => dropped)) this.cite('dropped-interrupt-lets-others-in');
    const entry: Acknowledged = { intid: lr.intid, source: lr.source, group: lr.group, aliased, dropped: false };
    const acknowledged = withHardware(read, withCpu(state.hardware, p, outcome.cpu));
    return withStack(acknowledged, v, [...stack, entry]);
  }

  /** GICV_EOIR or GICV_AEOIR for what was acknowledged last. */
  eoir(state: VgicState, v: number): VgicState | Skip {
    const { cpu, p } = this.interface(state, v);
    const stack = state.environment.stacks[v];
    const at = stack.findLastIndex(({ dropped }) => !dropped);
    if (at < 0) return skips.nothingAcknowledged;
    const entry = stack[at];
    if (this.isHeldInactive(cpu, entry.intid)) return skips.unpredictable;
    const { virtualInterface } = this.parts;
    const found = virtualInterface.found(cpu, entry.intid, entry.source);
    if (found >= 0 && cpu.listRegisters[found].group !== entry.group) return skips.unpredictable;
    if (entry.group === 1 && !entry.aliased && !cpu.vmcr.ackCtl) return skips.unpredictable;
    const done = virtualInterface.eoir(state.hardware, p, entry.intid, entry.source);
    const rest = cpu.vmcr.eoiMode === 0 ? stack.toSpliced(at, 1) : stack.with(at, { ...entry, dropped: true });
    return withStack(this.completed(state, p, done), v, rest);
  }

  /** GICV_DIR. */
  dir(state: VgicState, v: number, intid: number): VgicState | Skip {
    const { cpu, p } = this.interface(state, v);
    if (cpu.vmcr.eoiMode === 0) return skips.unpredictable;
    const stack = state.environment.stacks[v];
    const at = stack.findIndex((entry) => entry.dropped && entry.intid === intid);
    if (at < 0) return skips.nothingAcknowledged;
    if (this.isHeldInactive(cpu, intid)) return skips.unpredictable;
    const done = this.parts.virtualInterface.dir(state.hardware, p, intid, stack[at].source);
    return withStack(this.completed(state, p, done), v, stack.toSpliced(at, 1));
  }

  /** Whether list registers hold the INTID, none of them with the active bit. */
  private isHeldInactive(cpu: CpuInterface, intid: number): boolean {
    const holding = cpu.listRegisters.filter((lr) => isValid(lr) && lr.intid === intid);
    return holding.length > 0 && !holding.some((lr) => lr.active);
  }

  private completed(state: VgicState, p: number, { hardware, pIntId }: Deactivation): VgicState {
    if (pIntId !== 0 && !state.machine.isArch) {
      const physical = this.parts.physical.of(hardware, pIntId, p);
      if (physical.line && !physical.edge) this.cite('high-line-after-completion-fires-again');
      if (pIntId >= 32 && p !== 0) this.cite('spi-completion-reaches-the-distributor-from-any-cpu');
    }
    return withHardware(state, hardware);
  }

  /** GICV_EOIR of a special INTID. */
  eoirSpecial(state: VgicState, v: number): VgicState {
    const { p } = this.interface(state, v);
    return withHardware(state, this.parts.virtualInterface.eoirSpecial(state.hardware, p));
  }

  /** GICV_HPPIR: the states that it may lead to. */
  hppir(state: VgicState, v: number): readonly VgicState[] | Skip {
    const { cpu } = this.interface(state, v);
    if (!cpu.hcr.en) return skips.ambiguous;
    const values = this.parts.virtualInterface.hppir(cpu, state.machine.config);
    return values === undefined ? skips.ambiguous : values.map((value) => replying(state, value));
  }

  /** GICV_RPR. "0xFF, or 0xF8, when no priority is active": bits [2:0] are not defined then. */
  rpr(state: VgicState, v: number): VgicState {
    const { cpu } = this.interface(state, v);
    const value = this.parts.virtualInterface.rpr(cpu);
    const defined = cpu.apr === 0 ? 0xffff_fff8 : 0xffff_ffff;
    return { ...state, reply: { ...state.reply, value, defined } };
  }

  /** GICV_PMR. */
  pmr(state: VgicState, v: number, mask: number): VgicState {
    return this.control(state, v, { pmr: this.parts.virtualInterface.priorityMask(mask) });
  }

  /** GICV_CTLR: EnableGrp0, EnableGrp1, AckCtl, FIQEn, CBPR. */
  ctlr(state: VgicState, v: number, value: number): VgicState | Skip {
    const cbpr = (value & 0x10) !== 0;
    if (state.machine.config.groups === 'g0only' && (value & ~0x09) !== 0) return skips.groups;
    if (cbpr !== this.interface(state, v).cpu.vmcr.cbpr && !this.isAtRest(state, v)) return skips.unpredictable;
    const enables = { group0: (value & 1) !== 0, group1: (value & 2) !== 0 };
    return this.control(state, v, { ...enables, ackCtl: (value & 4) !== 0, fiqEn: (value & 8) !== 0, cbpr });
  }

  /** GICV_CTLR.EOImode. */
  eoiMode(state: VgicState, v: number, eoiMode: number): VgicState | Skip {
    return this.isAtRest(state, v) ? this.control(state, v, { eoiMode }) : skips.unpredictable;
  }

  /** GICV_BPR, and GICV_ABPR one above, so that both groups split alike. */
  bpr(state: VgicState, v: number, value: number): VgicState | Skip {
    if (!this.isAtRest(state, v)) return skips.unpredictable;
    const bpr = this.parts.virtualInterface.binaryPoint(value);
    return this.control(state, v, { bpr, abpr: bpr + 1 });
  }

  private isAtRest(state: VgicState, v: number): boolean {
    return state.environment.stacks[v].length === 0 && this.interface(state, v).cpu.apr === 0;
  }

  private interface(state: VgicState, v: number): { readonly cpu: CpuInterface; readonly p: number } {
    const p = state.software.vcpus[v].loadedOn;
    return { cpu: state.hardware.cpus[p], p };
  }

  private control(state: VgicState, v: number, change: Partial<CpuInterface['vmcr']>): VgicState {
    const { cpu, p } = this.interface(state, v);
    return withHardware(state, withCpu(state.hardware, p, { ...cpu, vmcr: { ...cpu.vmcr, ...change } }));
  }
}

const withStack = (state: VgicState, v: number, stack: readonly Acknowledged[]): VgicState => ({
  ...state,
  environment: { ...state.environment, stacks: replaced(state.environment.stacks, v, stack) },
});
