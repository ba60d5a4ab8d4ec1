import type { ListRegister } from './list-register.ts';

/** GICH_HCR. */
export interface Hcr {
  readonly en: boolean;
  readonly uie: boolean;
  readonly lrenpie: boolean;
  readonly npie: boolean;
  readonly vgrp0eie: boolean;
  readonly vgrp0die: boolean;
  readonly vgrp1eie: boolean;
  readonly vgrp1die: boolean;
  /** Five bits. */
  readonly eoiCount: number;
}

/** GICH_VMCR: what the guest wrote to GICV_CTLR, GICV_PMR, GICV_BPR and GICV_ABPR. */
export interface Vmcr {
  readonly group0: boolean;
  readonly group1: boolean;
  readonly ackCtl: boolean;
  readonly fiqEn: boolean;
  readonly cbpr: boolean;
  readonly eoiMode: number;
  readonly bpr: number;
  readonly abpr: number;
  /** Eight bits, the lower three are 0. */
  readonly pmr: number;
}

/** The virtual CPU interface of a physical CPU, with its list registers, and what the host has acknowledged there. */
export interface CpuInterface {
  readonly listRegisters: readonly ListRegister[];
  readonly hcr: Hcr;
  readonly vmcr: Vmcr;
  /** GICH_APR: bit n for group priority 8n. */
  readonly apr: number;
  /** Physical INTID that the host acknowledged and whose priority it has not dropped; 0 if none. */
  readonly hostAcknowledged: number;
}

/** All bits 0. */
export const hcrOff: Hcr = {
  en: false,
  uie: false,
  lrenpie: false,
  npie: false,
  vgrp0eie: false,
  vgrp0die: false,
  vgrp1eie: false,
  vgrp1die: false,
  eoiCount: 0,
};

/** En alone. */
export const hcrEnabled: Hcr = { ...hcrOff, en: true };

/** The virtual CPU interface after reset of the hardware. */
export const vmcrReset: Vmcr = {
  group0: false,
  group1: false,
  ackCtl: false,
  fiqEn: false,
  cbpr: false,
  eoiMode: 0,
  bpr: 2,
  abpr: 3,
  pmr: 0,
};
