import type { Skip } from '../../../spec/contract.ts';
import type { PostedInterruptsEvent } from '../../../spec/posted-interrupts/alphabet.ts';
import type { Parts } from '../parts.ts';
import { skips } from '../skips.ts';
import type { PostedInterruptsState as State } from '../state.ts';
import { isInGuest, runsL2 } from '../update.ts';

/** What L1 does with L2. */
export type NestedEvent = Extract<PostedInterruptsEvent, { kind: 'nestedEntry' | 'nestedExit' | 'nestedPost' }>;

/** L1, or L2, acts. */
export function nestedEvent(parts: Parts, state: State, event: NestedEvent): State | Skip {
  if (!state.machine.config.nested) return skips.absent;
  switch (event.kind) {
    case 'nestedEntry':
      return whyNoEntry(state) ?? parts.nested.vmEntry(state);
    case 'nestedExit':
      if (!runsL2(state, 0)) return skips.l1;
      return isInGuest(state, 0) ? parts.nested.vmcall(state) : skips.outside;
    case 'nestedPost':
      return parts.nested.post(state, event.vector);
    default:
      return event satisfies never;
  }
}

function whyNoEntry(state: State): Skip | undefined {
  const { core } = state.vcpus[0];
  if (!isInGuest(state, 0)) return skips.outside;
  if (core.l2) return skips.l2;
  if (core.halted) return skips.halted;
  if (core.blocking === 'movss') return skips.movss;
  return core.obstructed || core.nmi ? skips.busy : undefined;
}
