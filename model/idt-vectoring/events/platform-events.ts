import type { Skip } from '../../../spec/contract.ts';
import type { IdtVectoringEvent } from '../../../spec/idt-vectoring/alphabet.ts';
import type { Parts } from '../parts.ts';
import { skips } from '../skips.ts';
import type { Begun, IdtVectoringState as State } from '../state.ts';
import { withPending, withProgram } from '../update.ts';

/** What comes from outside the guest's processor. */
export type PlatformEvent = Extract<IdtVectoringEvent, { kind: 'external' | 'nmi' | 'machineCheck' | 'cure' }>;

/** Something happens outside the guest's processor. */
export function platformEvent(parts: Parts, state: State, event: PlatformEvent): State | Skip {
  switch (event.kind) {
    case 'external':
      return parts.externalInterrupts.pend(state, event.vector);
    case 'nmi':
      return parts.nmis.pend(state);
    case 'machineCheck':
      return state.pending.machineCheck ? skips.pending : withPending(state, { machineCheck: true });
    case 'cure':
      return cure(state);
    default:
      return event satisfies never;
  }
}

const cured = (begun: Begun): Begun => ({ ...begun, cause: false });

/** The innermost instruction with a cause loses it. */
function cure(state: State): State | Skip {
  const { begun, frames } = state.program;
  if (begun?.cause === true) return withProgram(state, { begun: cured(begun) });
  const place = frames.findLastIndex((frame) => frame.begun?.cause === true);
  const frame = frames[place];
  if (frame?.begun === undefined) return skips.noCause;
  return withProgram(state, { frames: frames.with(place, { ...frame, begun: cured(frame.begun) }) });
}
