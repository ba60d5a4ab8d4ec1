import type { VgicConfiguration } from '../../../spec/vgic/configuration.ts';
import { Part } from '../part.ts';
import type { CpuInterface, Vmcr } from './cpu-interface.ts';
import { isValid, type ListRegister } from './list-register.ts';

/** What the architecture leaves to the implementer in the choice of what is signalled. */
export type Knobs = Pick<VgicConfiguration, 'tieBreak' | 'disabledGroup'>;

/** Which list register the virtual CPU interface signals. */
export class Priority extends Part {
  /** "A list register is a candidate only in the state pending; pending and active is none." */
  isCandidate(lr: ListRegister): boolean {
    if (isValid(lr) && lr.active) this.cite('only-pending-list-registers-are-candidates');
    return lr.pending && !lr.active;
  }

  /** "A pending interrupt of a group that is disabled … is neither signalled nor acknowledged" */
  isGroupEnabled(lr: ListRegister, vmcr: Vmcr): boolean {
    const enabled = lr.group === 0 ? vmcr.group0 : vmcr.group1;
    if (!enabled) this.cite('disabled-group-is-never-acknowledged');
    return enabled;
  }

  /** "only if its priority value is strictly less than the priority mask" */
  isBelowMask(lr: ListRegister, vmcr: Vmcr): boolean {
    const below = lr.priority < vmcr.pmr;
    if (!below) this.cite('priority-must-be-below-the-mask');
    return below;
  }

  /** "leaves out its BPR+1 lowest bits", and for group 1 "its ABPR lowest bits, or its BPR+1 … if CBPR is 1" */
  groupPriority(lr: ListRegister, vmcr: Vmcr): number {
    return lr.priority & (0xff << this.subpriorityBits(lr.group, vmcr));
  }

  subpriorityBits(group: number, vmcr: Vmcr): number {
    if (group === 0) {
      this.cite('group-0-splits-by-bpr');
      return vmcr.bpr + 1;
    }
    this.cite('group-1-splits-by-abpr');
    return vmcr.cbpr ? vmcr.bpr + 1 : vmcr.abpr;
  }

  /** "the priority of the lowest bit that is set in GICH_APR"; 0x100, below all others, if there is none. */
  runningPriority(apr: number): number {
    return apr === 0 ? 0x100 : (31 - Math.clz32(apr & -apr)) << 3;
  }

  /** "only if its group priority is strictly higher than the running priority" */
  preempts(lr: ListRegister, cpu: CpuInterface): boolean {
    if (cpu.apr === 0) return true;
    const preempts = this.groupPriority(lr, cpu.vmcr) < this.runningPriority(cpu.apr);
    if (!preempts) this.cite('group-priority-must-preempt-the-running-one');
    return preempts;
  }

  /** "the one with the numerically lowest priority" comes first */
  isHigher(a: ListRegister, b: ListRegister): boolean {
    return a.priority < b.priority;
  }

  /** The pending list registers of the highest priority, in any enabled group: more than one where priorities tie. */
  best(cpu: CpuInterface): readonly number[] {
    return this.bestOf(cpu, 'enabled');
  }

  /** The same, of all groups. */
  bestOfAllGroups(cpu: CpuInterface): readonly number[] {
    return this.bestOf(cpu, 'all');
  }

  private bestOf({ listRegisters, vmcr }: CpuInterface, groups: 'enabled' | 'all'): readonly number[] {
    let best: number[] | undefined;
    for (let n = 0; n < listRegisters.length; n++) {
      const lr = listRegisters[n];
      if (!this.isCandidate(lr) || (groups === 'enabled' && !this.isGroupEnabled(lr, vmcr))) continue;
      if (best === undefined) {
        best = [n];
        continue;
      }
      this.cite('highest-priority-is-acknowledged-first');
      const rival = listRegisters[best[0]];
      if (this.isHigher(lr, rival)) best = [n];
      else if (!this.isHigher(rival, lr)) best.push(n);
    }
    return best ?? none;
  }

  /** Whether the best candidate gets past interface, mask and running priority. */
  isSignalled(cpu: CpuInterface, n: number): boolean {
    const lr = cpu.listRegisters[n];
    if (!cpu.hcr.en) this.cite('disabled-interface-signals-nothing');
    return cpu.hcr.en && this.isBelowMask(lr, cpu.vmcr) && this.preempts(lr, cpu);
  }

  /** "Of several candidates of equal priority any one may be signalled" */
  choices(best: readonly number[], { tieBreak }: Knobs): readonly number[] {
    if (best.length < 2) return best;
    this.cite('tie-goes-to-some-list-register');
    return tieBreak === 'any' ? best : [best[0]];
  }

  /** "nothing is signalled while it is the best of all" */
  isHidden(cpu: CpuInterface, best: number, { disabledGroup }: Knobs): boolean {
    if (disabledGroup === 'ignored') return false;
    const hidden = this.bestOfAllGroups(cpu)[0] !== best;
    if (hidden) this.cite('disabled-group-may-hide-the-other');
    return hidden;
  }

  /** The list registers that may be the signalled one now; empty if none is. */
  signalled(cpu: CpuInterface, knobs: Knobs): readonly number[] {
    const best = this.best(cpu);
    if (best.length === 0 || !this.isSignalled(cpu, best[0]) || this.isHidden(cpu, best[0], knobs)) return none;
    return this.choices(best, knobs);
  }
}

const none: readonly number[] = [];
