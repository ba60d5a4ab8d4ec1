import { virtualInterrupts } from '../../../spec/vgic/universe.ts';
import type { Inputs } from './inputs.ts';
import { bitOf, type Machine } from './machine.ts';

/**
 * The interrupts that a running virtual CPU should have been offered and that no list register holds: listed, enabled,
 * pending, not active, for this virtual CPU, with the distributor on.
 */
export function waiting(machine: Machine, inputs: Inputs, v: number): readonly number[] {
  if (!inputs.distributorOn(v)) return [];
  const deliverable =
    machine.software(v, 'listed') &
    machine.distributor(v, 'enabled') &
    machine.distributor(v, 'pending') &
    ~machine.distributor(v, 'active');
  if (deliverable === 0) return [];
  const p = machine.schedule.pcpu[v];
  return virtualInterrupts
    .map(({ intid }) => intid)
    .filter(
      (intid) => (deliverable & bitOf(intid)) !== 0 && inputs.target(v, intid) === v && machine.holding(p, intid) < 0,
    );
}
