import { Part } from '../part.ts';
import type { Hcr, Vmcr } from './cpu-interface.ts';
import type { ListRegister } from './list-register.ts';

/** Layout of the registers; fields are named as in the manuals, words are unsigned. */
export class Encoding extends Part {
  /** The two words of a list register. */
  listRegister(lr: ListRegister, encoding: 'gicv2' | 'gicv3'): readonly [low: number, high: number] {
    return encoding === 'gicv2' ? [this.gichLr(lr), 0] : this.ichLr(lr);
  }

  /** "PhysicalID [19:10] if HW, else EOI 19 and CPUID [12:10]" */
  gichLr(lr: ListRegister): number {
    this.cite('gich-lr-layout');
    const rest = lr.hw ? lr.pIntId << 10 : (Number(lr.eoi) << 19) | (lr.source << 10);
    const priority = (lr.priority >> 3) << 23;
    return (lr.intid | rest | priority | (this.state(lr) << 28) | (lr.group << 30) | (Number(lr.hw) << 31)) >>> 0;
  }

  /** "vINTID [31:0]; pINTID [44:32] if HW, else EOI 41; priority [55:48]; Group 60; HW 61; state [63:62]" */
  ichLr(lr: ListRegister): readonly [low: number, high: number] {
    this.cite('ich-lr-layout');
    const rest = lr.hw ? lr.pIntId : Number(lr.eoi) << 9;
    const high = rest | (lr.priority << 16) | (lr.group << 28) | (Number(lr.hw) << 29) | (this.state(lr) << 30);
    return [this.vIntId(lr), high >>> 0];
  }

  /** "bits [12:10] of vINTID hold the source of an SGI" */
  vIntId(lr: ListRegister): number {
    if (lr.intid >= 16 || lr.source === 0) return lr.intid;
    this.cite('ich-lr-holds-the-sgi-source-in-the-intid');
    return lr.intid | (lr.source << 10);
  }

  /** 0 invalid, 1 pending, 2 active, 3 pending and active. */
  state(lr: ListRegister): number {
    return Number(lr.pending) | (Number(lr.active) << 1);
  }

  hcr(hcr: Hcr): number {
    this.cite('hcr-layout');
    return (
      (Number(hcr.en) |
        (Number(hcr.uie) << 1) |
        (Number(hcr.lrenpie) << 2) |
        (Number(hcr.npie) << 3) |
        (Number(hcr.vgrp0eie) << 4) |
        (Number(hcr.vgrp0die) << 5) |
        (Number(hcr.vgrp1eie) << 6) |
        (Number(hcr.vgrp1die) << 7) |
        (hcr.eoiCount << 27)) >>>
      0
    );
  }

  /** "the upper five bits of the mask [31:27]", or with GICv3 "all eight bits of the mask [31:24]" */
  vmcr(vmcr: Vmcr, encoding: 'gicv2' | 'gicv3'): number {
    this.cite(encoding === 'gicv2' ? 'gich-vmcr-layout' : 'ich-vmcr-layout');
    const mask = encoding === 'gicv2' ? (vmcr.pmr >> 3) << 27 : vmcr.pmr << 24;
    return (
      (Number(vmcr.group0) |
        (Number(vmcr.group1) << 1) |
        (Number(vmcr.ackCtl) << 2) |
        (Number(vmcr.fiqEn) << 3) |
        (Number(vmcr.cbpr) << 4) |
        (vmcr.eoiMode << 9) |
        (vmcr.abpr << 18) |
        (vmcr.bpr << 21) |
        mask) >>>
      0
    );
  }
}
