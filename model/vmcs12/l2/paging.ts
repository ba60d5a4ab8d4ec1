import { pdptesInMemory } from '../../../spec/vmcs12/universe.ts';
import { any, cr0 } from '../bits.ts';
import { Part } from '../part.ts';
import type { Vmcs12State as State } from '../state.ts';
import { isPaePaging, withL2 } from '../update.ts';

/** Paging of L2, as far as it is seen. */
export class Paging extends Part {
  isOn(state: State): boolean {
    return any(this.parts.controlRegisters.effective(state, 'cr0'), cr0.pg);
  }

  pdptesInMemory(cr3: number): readonly [number, number] {
    return (pdptesInMemory as Readonly<Record<number, readonly [number, number]>>)[cr3] ?? [0, 0];
  }

  /** "those of the last load of CR3, or of the last write of CR0 or CR4 that loads them" */
  withPdptes(state: State): State {
    if (!isPaePaging(this.parts.controlRegisters.effective(state, 'cr0'), state.l2.efer)) return state;
    return withL2(state, { pdptes: this.pdptesInMemory(state.l2.cr3) });
  }
}
