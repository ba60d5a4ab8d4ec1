import type { Cite } from '../../../spec/contract.ts';
import { LocalApicRules, type LocalApicClause } from '../../local-apic/index.ts';
import { universe } from '../machine.ts';
import type { NestedVmxClause } from '../part.ts';
import type { Parts } from '../parts.ts';

/** The clauses of this system by the names that the rules of the local APIC give. */
const names: Partial<Record<LocalApicClause, NestedVmxClause>> = {
  'acceptance-sets-irr': 'acceptance-changes-irr-alone',
  'pending-vector-absorbs-another': 'pending-vector-absorbs-another',
  'one-pending-while-one-in-service': 'one-pending-while-one-in-service',
  'highest-vector-is-delivered-first': 'highest-vector-is-delivered-first',
  'delivery-compares-classes': 'delivery-compares-classes',
  'ppr-is-the-greater-of-tpr-and-isr': 'ppr-is-the-greater-of-tpr-and-isr',
  'ppr-low-half-on-a-tie': 'ppr-low-half-on-a-tie',
  'eoi-clears-the-highest-in-service': 'eoi-clears-the-highest-in-service',
  'level-eoi-is-broadcast': 'level-eoi-is-broadcast',
};

/** L1's local APIC. */
export class LocalApicPart extends LocalApicRules {
  constructor(cite: Cite<NestedVmxClause>, _parts: Parts) {
    super((clause) => {
      const name = names[clause];
      if (name !== undefined) cite(name);
    }, universe);
  }
}
