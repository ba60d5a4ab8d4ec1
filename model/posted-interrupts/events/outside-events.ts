import type { Skip } from '../../../spec/contract.ts';
import type { PostedInterruptsEvent } from '../../../spec/posted-interrupts/alphabet.ts';
import type { PhysicalName } from '../machine.ts';
import type { Parts } from '../parts.ts';
import { skips } from '../skips.ts';
import { host } from '../software/acceptance.ts';
import type { PostedInterruptsState as State } from '../state.ts';
import { isPendingOn } from '../update.ts';

/** What comes from elsewhere: host threads, devices, wires, physical interrupts. */
export type OutsideEvent = Extract<
  PostedInterruptsEvent,
  { kind: 'post' | 'devicePost' | 'raise' | 'lower' | 'arrive' }
>;

/** Something outside the virtual CPUs acts. */
export function outsideEvent(parts: Parts, state: State, event: OutsideEvent): State | Skip {
  switch (event.kind) {
    case 'post':
      return parts.acceptance.accept(state, event.to, event.vector, false, host);
    case 'devicePost':
      if (!state.assigned) return skips.unassigned;
      return parts.iommu.post(state, event.to, event.vector, event.urgent);
    case 'raise':
      return drive(parts, state, event.line, true);
    case 'lower':
      return drive(parts, state, event.line, false);
    case 'arrive':
      return arrive(parts, state, event.pcpu, event.physical);
    default:
      return event satisfies never;
  }
}

function drive(parts: Parts, state: State, line: number, high: boolean): State | Skip {
  if (parts.ioApic.isHigh(state, line) === high) return skips.unchanged;
  return parts.ioApic.drive(state, line, high, host);
}

function arrive(parts: Parts, state: State, p: number, physical: PhysicalName): State | Skip {
  const { targetOperations, hostInterrupt } = parts;
  if (!isPendingOn(state, p, physical)) return skips.notPending;
  if (state.machine.isInterleaved) {
    return targetOperations.interruptsAreOff(state, p) ? skips.heldOff : targetOperations.arrive(state, p, physical);
  }
  return hostInterrupt.isHeldOff(state, p) ? skips.heldOff : hostInterrupt.arrive(state, p, physical);
}
