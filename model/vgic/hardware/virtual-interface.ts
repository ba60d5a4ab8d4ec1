import { spurious, spuriousGroup1 } from '../../../spec/vgic/universe.ts';
import { Part } from '../part.ts';
import type { Hardware } from '../state.ts';
import { replaced, withCpu } from '../update.ts';
import type { CpuInterface } from './cpu-interface.ts';
import { isValid, type ListRegister } from './list-register.ts';
import type { Knobs } from './priority.ts';

/** What a read of GICV_IAR or GICV_AIAR may do. */
export interface Acknowledgement {
  readonly cpu: CpuInterface;
  readonly value: number;
  /** The list register before it was acknowledged; absent for a special INTID. */
  readonly lr?: ListRegister;
}

/** What a completion did. */
export interface Deactivation {
  readonly hardware: Hardware;
  /** Physical INTID that was deactivated along with the virtual one, else 0. */
  readonly pIntId: number;
}

/** GICV_*: the guest's accesses to its CPU interface. */
export class VirtualInterface extends Part {
  /** GICV_IAR; several outcomes where priorities tie. */
  iar(cpu: CpuInterface, knobs: Knobs): readonly Acknowledgement[] {
    const outcomes = this.outcomes(cpu, knobs, (lr) => this.iarSpecial(lr, cpu.vmcr.ackCtl));
    return this.isGroup1HeldBack(cpu, outcomes) ? [...outcomes, { cpu, value: spuriousGroup1 }] : outcomes;
  }

  /** "the best pending interrupt, disabled groups included, is of group 1 with AckCtl 0", and nothing is signalled */
  isGroup1HeldBack(cpu: CpuInterface, outcomes: readonly Acknowledgement[]): boolean {
    if (outcomes[0].value !== spurious || !cpu.hcr.en || cpu.vmcr.ackCtl) return false;
    const best = this.parts.priority.bestOfAllGroups(cpu);
    const heldBack = best.some((n) => cpu.listRegisters[n].group === 1);
    if (heldBack) this.cite('group-1-held-back-reads-1022-or-1023');
    return heldBack;
  }

  /** GICV_AIAR. */
  aiar(cpu: CpuInterface, knobs: Knobs): readonly Acknowledgement[] {
    return this.outcomes(cpu, knobs, (lr) => this.aiarSpecial(lr));
  }

  /** "GICV_IAR returns 1022 … when the signalled interrupt is of group 1 and AckCtl is 0"; 0 where it acknowledges. */
  iarSpecial(lr: ListRegister, ackCtl: boolean): number {
    if (lr.group === 0 || ackCtl) return 0;
    this.cite('group-1-acknowledge-needs-ackctl');
    return spuriousGroup1;
  }

  /** "GICV_AIAR acknowledges the signalled interrupt if it is of group 1 … otherwise it returns 1023" */
  aiarSpecial(lr: ListRegister): number {
    this.cite('aiar-acknowledges-group-1-only');
    return lr.group === 1 ? 0 : spurious;
  }

  private outcomes(cpu: CpuInterface, knobs: Knobs, special: (lr: ListRegister) => number): readonly Acknowledgement[] {
    const choices = this.parts.priority.signalled(cpu, knobs);
    if (choices.length === 0) {
      this.cite('acknowledge-of-nothing-is-1023');
      return [{ cpu, value: spurious }];
    }
    const outcomes: Acknowledgement[] = [];
    for (const n of choices) {
      const value = special(cpu.listRegisters[n]);
      if (value === 0) outcomes.push(this.acknowledge(cpu, n));
      else if (!outcomes.some((other) => other.value === value)) outcomes.push({ cpu, value });
    }
    return outcomes;
  }

  /** The signalled list register is acknowledged. */
  acknowledge(cpu: CpuInterface, n: number): Acknowledgement {
    const lr = cpu.listRegisters[n];
    const listRegisters = replaced(cpu.listRegisters, n, this.acknowledged(lr));
    return { cpu: { ...cpu, listRegisters, apr: this.aprAfterAcknowledge(cpu, lr) }, value: this.reads(lr), lr };
  }

  /** "moves the list register … from pending to active"; "changes nothing in the physical distributor" with HW=1 */
  acknowledged(lr: ListRegister): ListRegister {
    this.cite('acknowledge-moves-pending-to-active');
    if (lr.hw) this.cite('acknowledge-leaves-the-physical-interrupt');
    return { ...lr, pending: false, active: true };
  }

  /** "sets the bit of the group priority in GICH_APR"; "the bits of what it preempts stay" */
  aprAfterAcknowledge(cpu: CpuInterface, lr: ListRegister): number {
    this.cite('acknowledge-sets-the-active-priority-bit');
    if (cpu.apr !== 0) this.cite('nested-acknowledge-keeps-outer-priorities');
    return (cpu.apr | (1 << (this.parts.priority.groupPriority(lr, cpu.vmcr) >> 3))) >>> 0;
  }

  /** "For an SGI … the requesting CPU … in bits [12:10]; for all else these bits are 0." */
  reads(lr: ListRegister): number {
    this.cite('acknowledge-returns-the-sgi-source');
    return lr.intid < 16 ? lr.intid | (lr.source << 10) : lr.intid;
  }

  /** GICV_HPPIR; `undefined` where the architecture leaves open whether enables, mask and running priority filter it. */
  hppir(cpu: CpuInterface, knobs: Knobs): readonly number[] | undefined {
    const { priority } = this.parts;
    const best = priority.bestOfAllGroups(cpu);
    if (best.length === 0) {
      this.cite('hppir-of-nothing-is-1023');
      return [spurious];
    }
    const filtered = best.some((n) => !priority.isGroupEnabled(cpu.listRegisters[n], cpu.vmcr));
    if (filtered || !priority.isSignalled(cpu, best[0])) return undefined;
    const values = priority.choices(best, knobs).map((n) => this.hppirReads(cpu, cpu.listRegisters[n]));
    return [...new Set(values)];
  }

  hppirReads(cpu: CpuInterface, lr: ListRegister): number {
    if (lr.group === 1 && !cpu.vmcr.ackCtl) {
      this.cite('hppir-hides-group-1-without-ackctl');
      return spuriousGroup1;
    }
    this.cite('hppir-shows-the-signalled-interrupt');
    return lr.intid < 16 ? lr.intid | (lr.source << 10) : lr.intid;
  }

  /** GICV_RPR. */
  rpr(cpu: CpuInterface): number {
    if (cpu.apr === 0) {
      this.cite('idle-running-priority-is-the-lowest');
      return 0xff;
    }
    this.cite('running-priority-is-the-highest-active-one');
    return this.parts.priority.runningPriority(cpu.apr);
  }

  /** GICV_EOIR of a special INTID: "changes nothing". */
  eoirSpecial(hardware: Hardware, _p: number): Hardware {
    this.cite('eoi-of-a-special-intid-is-ignored');
    return hardware;
  }

  /** GICV_EOIR, or GICV_AEOIR. */
  eoir(hardware: Hardware, p: number, intid: number, source: number): Deactivation {
    const { apr, vmcr } = hardware.cpus[p];
    const dropped = withCpu(hardware, p, { ...hardware.cpus[p], apr: this.aprAfterEoi(apr) });
    if (this.eoiDeactivates(vmcr.eoiMode)) return this.deactivate(dropped, p, intid, source, apr !== 0);
    if (hardware.cpus[p].listRegisters.some((lr) => lr.active && lr.hw && lr.intid === intid)) {
      this.cite('eoi-in-mode-1-keeps-the-physical-interrupt');
    }
    this.cite('eoi-in-mode-1-is-not-counted');
    return { hardware: dropped, pIntId: 0 };
  }

  /** "clears the lowest bit that is set in GICH_APR, whether or not a list register holds the INTID" */
  aprAfterEoi(apr: number): number {
    this.cite('eoi-drops-lowest-active-priority');
    const rest = (apr & (apr - 1)) >>> 0;
    if (rest !== 0) this.cite('eoi-restores-the-preempted-priority');
    return rest;
  }

  /** "With EOImode 0 GICV_EOIR clears the active bit"; "with EOImode 1 GICV_EOIR changes no list register" */
  eoiDeactivates(eoiMode: number): boolean {
    this.cite(eoiMode === 0 ? 'eoi-deactivates-in-mode-0' : 'eoi-keeps-the-list-register-in-mode-1');
    return eoiMode === 0;
  }

  /** GICV_DIR: "does not change GICH_APR". */
  dir(hardware: Hardware, p: number, intid: number, source: number): Deactivation {
    this.cite('dir-deactivates');
    this.cite('dir-keeps-the-active-priorities');
    return this.deactivate(hardware, p, intid, source, true);
  }

  /**
   * The list register that a completion deactivates, or -1. Only under the rules of 2015 is there ever more than one:
   * the one with the acknowledged source, else the lowest.
   */
  found(cpu: CpuInterface, intid: number, source: number): number {
    const matches = (lr: ListRegister): boolean => isValid(lr) && lr.active && lr.intid === intid;
    const exact = cpu.listRegisters.findIndex((lr) => matches(lr) && lr.source === source);
    return exact >= 0 ? exact : cpu.listRegisters.findIndex(matches);
  }

  private deactivate(hardware: Hardware, p: number, intid: number, source: number, counts: boolean): Deactivation {
    const cpu = hardware.cpus[p];
    const n = this.found(cpu, intid, source);
    if (n < 0) {
      const eoiCount = counts ? this.eoiCountAfterUnlisted(cpu) : cpu.hcr.eoiCount;
      return { hardware: withCpu(hardware, p, { ...cpu, hcr: { ...cpu.hcr, eoiCount } }), pIntId: 0 };
    }
    const lr = cpu.listRegisters[n];
    const listRegisters = replaced(cpu.listRegisters, n, this.deactivated(lr));
    const done = withCpu(hardware, p, { ...cpu, listRegisters });
    if (!this.reachesPhysical(lr)) return { hardware: done, pIntId: 0 };
    return { hardware: this.parts.physical.deactivate(done, lr.pIntId, p), pIntId: lr.pIntId };
  }

  /** "adds 1 to EOICount, modulo 32" */
  eoiCountAfterUnlisted({ hcr, vmcr }: CpuInterface): number {
    this.cite(vmcr.eoiMode === 0 ? 'unlisted-eoi-is-counted' : 'unlisted-dir-is-counted');
    return (hcr.eoiCount + 1) & 31;
  }

  /** "active into invalid, and … pending and active into pending" */
  deactivated(lr: ListRegister): ListRegister {
    this.cite('deactivation-keeps-the-pending-half');
    return { ...lr, active: false };
  }

  /** "Deactivation of a list register with HW=1 clears the active state of the physical interrupt that it names." */
  reachesPhysical(lr: ListRegister): boolean {
    if (lr.hw) {
      this.cite('virtual-deactivation-deactivates-the-physical-interrupt');
      this.cite('hw-completion-raises-no-maintenance');
    } else {
      this.cite('deactivation-without-hw-keeps-physical-state');
    }
    return lr.hw;
  }

  /** "With 5 bits of priority GICV_BPR does not fall below 2, nor GICV_ABPR below 3." */
  binaryPoint(value: number): number {
    if (value < 2) this.cite('binary-point-has-a-floor');
    return Math.max(value, 2);
  }

  /** "keeps the five upper bits" */
  priorityMask(value: number): number {
    this.cite('priority-mask-keeps-five-bits');
    return value & 0xf8;
  }
}
