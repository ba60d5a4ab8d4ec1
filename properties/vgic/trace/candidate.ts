import { pending, type Machine } from './machine.ts';

/** The interrupt that is signalled to a guest, as follows from its registers. */
export interface Candidate {
  readonly lr: number;
  readonly priority: number;
  readonly group: number;
  /** List registers with which it ties. */
  readonly ties: readonly number[];
}

/** Bits of GICH_VMCR. */
export const vmcr = { grpEn: 0b11, ackCtl: 1 << 2, fiqEn: 1 << 3, cbpr: 1 << 4, eoiMode: 1 << 9 } as const;

/** Running priority of an interface, 0x100 while it is idle. */
export function runningPriority(machine: Machine, p: number): number {
  const apr = machine.interface(p, 'apr');
  return apr === 0 ? 0x100 : (31 - Math.clz32(apr & -apr)) << 3;
}

/** The bits of a priority that count for preemption. */
export function groupPriority(machine: Machine, p: number, priority: number, group: number): number {
  const control = machine.interface(p, 'vmcr');
  const bpr = (control >>> 21) & 7;
  const abpr = (control >>> 18) & 7;
  const lost = group === 0 || (control & vmcr.cbpr) !== 0 ? bpr + 1 : abpr;
  return priority & (0xff << lost);
}

/** The pending list registers of the highest priority among those that count. */
function highest(machine: Machine, p: number, counts: (lr: number) => boolean): readonly number[] {
  let best: number[] = [];
  let priority = 0x100;
  for (let n = 0; n < machine.config.nrLr; n++) {
    if (machine.state(p, n) !== pending || !counts(n)) continue;
    const own = machine.priority(p, n);
    if (own < priority) best = [];
    if (own > priority) continue;
    priority = own;
    best.push(n);
  }
  return best;
}

/** Whether the best pending interrupt, disabled groups included, is one that GICV_IAR hides without AckCtl. */
export function isBestOfGroup1(machine: Machine, p: number): boolean {
  if ((machine.interface(p, 'hcr') & 1) === 0 || (machine.interface(p, 'vmcr') & vmcr.ackCtl) !== 0) return false;
  return highest(machine, p, () => true).some((n) => machine.group(p, n) === 1);
}

/** What is signalled, by the rules of GICV_IAR and of the interrupt lines, apart from AckCtl. */
export function candidate(machine: Machine, p: number): Candidate | undefined {
  if ((machine.interface(p, 'hcr') & 1) === 0) return undefined;
  const control = machine.interface(p, 'vmcr');
  const best = highest(machine, p, (n) => ((control >> machine.group(p, n)) & 1) === 1);
  if (best.length === 0) return undefined;
  const hidden = machine.config.disabledGroup === 'hides' && highest(machine, p, () => true)[0] !== best[0];
  const priority = machine.priority(p, best[0]);
  if (hidden || priority >= machine.priorityMask(p)) return undefined;
  const running = runningPriority(machine, p);
  const free = best.filter((n) => groupPriority(machine, p, priority, machine.group(p, n)) < running);
  if (free.length === 0) return undefined;
  return { lr: free[0], priority, group: machine.group(p, free[0]), ties: free };
}
