import { pdptesInMemory } from '../../../spec/vmcs12/universe.ts';
import * as field from './field-numbers.ts';
import type { Machine } from './machine.ts';
import { paePaging } from './mode.ts';

/** Loads the PDPTEs from the table that CR3 points to, if L2 uses PAE paging. */
export function loadPdptesFromMemory(m: Machine): void {
  if (!paePaging(m)) return;
  const { hardware } = m;
  const table = pdptesInMemory[hardware[field.cr3] as keyof typeof pdptesInMemory];
  hardware[field.pdpte0] = table[0];
  hardware[field.pdpte1] = table[1];
}
