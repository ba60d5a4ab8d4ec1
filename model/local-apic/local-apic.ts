import type { VectorSet } from './vector-universe.ts';

/** The registers of a local APIC, of a processor or in a virtual-APIC page. */
export interface LocalApic {
  readonly irr: VectorSet;
  readonly isr: VectorSet;
  readonly tmr: VectorSet;
  /** TPR, 8 bits. */
  readonly tpr: number;
  /** PPR as it was last written or computed, 8 bits. */
  readonly ppr: number;
  /** Enabled by software: SVR bit 8. */
  readonly enabled: boolean;
}

/** Nothing is pending or in service, nothing is masked. */
export const localApicAtReset: LocalApic = { irr: 0, isr: 0, tmr: 0, tpr: 0, ppr: 0, enabled: true };

/** Low half of PPR where TPR and the highest vector in service are of one class. */
export type PprOnTie = 'tpr' | 'zero';
