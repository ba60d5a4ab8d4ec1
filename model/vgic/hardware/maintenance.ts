import { Part } from '../part.ts';
import type { CpuInterface, Hcr, Vmcr } from './cpu-interface.ts';
import { isValid, type ListRegister } from './list-register.ts';

/** GICH_EISR, GICH_ELRSR, GICH_MISR: what the hardware tells of its list registers. */
export class Maintenance extends Part {
  /** "exactly if list register n is invalid, with HW=0 and its EOI bit set" */
  awaitsEoi(lr: ListRegister): boolean {
    return !isValid(lr) && lr.eoi && !lr.hw;
  }

  /** "exactly if list register n is invalid and is not shown in GICH_EISR" */
  isEmpty(lr: ListRegister): boolean {
    return !isValid(lr) && !this.awaitsEoi(lr);
  }

  eisr(listRegisters: readonly ListRegister[]): number {
    let eisr = 0;
    for (let n = 0; n < listRegisters.length; n++) if (this.awaitsEoi(listRegisters[n])) eisr |= 1 << n;
    if (eisr !== 0) this.cite('eisr-shows-completed-with-eoi');
    return eisr;
  }

  elrsr(listRegisters: readonly ListRegister[]): number {
    let elrsr = 0;
    for (let n = 0; n < listRegisters.length; n++) if (this.isEmpty(listRegisters[n])) elrsr |= 1 << n;
    this.cite('elrsr-leaves-out-awaited-eoi');
    return elrsr;
  }

  /** GICH_MISR. "Every bit … is a level …; none is latched": `before` is what it showed last, and does not matter. */
  misr(cpu: CpuInterface, eisr: number, before: number): number {
    const { hcr, vmcr, listRegisters } = cpu;
    const misr =
      bit(0, this.eoi(eisr)) |
      bit(1, this.underflow(hcr, listRegisters)) |
      bit(2, this.lrenp(hcr)) |
      bit(3, this.nonePending(hcr, listRegisters)) |
      bit(4, this.group0Enabled(hcr, vmcr)) |
      bit(5, this.group0Disabled(hcr, vmcr)) |
      bit(6, this.group1Enabled(hcr, vmcr)) |
      bit(7, this.group1Disabled(hcr, vmcr));
    if (misr !== before) {
      this.cite('misr-is-recomputed-at-once');
      this.cite('misr-layout');
    }
    if (misr !== 0 && !hcr.en) this.cite('misr-shows-causes-without-the-enable');
    return misr;
  }

  /** "while some bit of GICH_EISR is [1]" */
  eoi(eisr: number): boolean {
    if (eisr !== 0) this.cite('maintenance-eoi-while-eisr-is-not-empty');
    return eisr !== 0;
  }

  /** "while UIE is set and no or one list register is valid" */
  underflow(hcr: Hcr, listRegisters: readonly ListRegister[]): boolean {
    if (!hcr.uie) return false;
    this.cite('maintenance-underflow-with-at-most-one-valid');
    return listRegisters.filter(isValid).length <= 1;
  }

  /** "while LRENPIE is set and EOICount is not 0" */
  lrenp(hcr: Hcr): boolean {
    if (!hcr.lrenpie) return false;
    this.cite('maintenance-lrenp-while-eois-are-counted');
    return hcr.eoiCount !== 0;
  }

  /** "while NPIE is set and no list register is in the state pending; pending and active does not count" */
  nonePending(hcr: Hcr, listRegisters: readonly ListRegister[]): boolean {
    if (!hcr.npie) return false;
    this.cite('maintenance-np-while-none-is-pending');
    return !listRegisters.some((lr) => lr.pending && !lr.active);
  }

  group0Enabled(hcr: Hcr, vmcr: Vmcr): boolean {
    if (!hcr.vgrp0eie) return false;
    this.cite('maintenance-group-0-enabled');
    return vmcr.group0;
  }

  group0Disabled(hcr: Hcr, vmcr: Vmcr): boolean {
    if (!hcr.vgrp0die) return false;
    this.cite('maintenance-group-0-disabled');
    return !vmcr.group0;
  }

  group1Enabled(hcr: Hcr, vmcr: Vmcr): boolean {
    if (!hcr.vgrp1eie) return false;
    this.cite('maintenance-group-1-enabled');
    return vmcr.group1;
  }

  group1Disabled(hcr: Hcr, vmcr: Vmcr): boolean {
    if (!hcr.vgrp1die) return false;
    this.cite('maintenance-group-1-disabled');
    return !vmcr.group1;
  }

  /** "exactly while GICH_HCR.En is 1 and GICH_MISR is not 0" */
  line(hcr: Hcr, misr: number): boolean {
    if (misr !== 0) this.cite('maintenance-interrupt-needs-the-enable');
    return hcr.en && misr !== 0;
  }
}

const bit = (n: number, on: boolean): number => (on ? 1 << n : 0);
