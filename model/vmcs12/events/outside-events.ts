import type { Skip } from '../../../spec/contract.ts';
import type { Vmcs12Event } from '../../../spec/vmcs12/alphabet.ts';
import type { Parts } from '../parts.ts';
import { skips } from '../skips.ts';
import type { Vmcs12State as State } from '../state.ts';
import { withL0 } from '../update.ts';

/** What comes from outside, and what L0 does. */
export type OutsideEvent = Extract<
  Vmcs12Event,
  { kind: 'interrupt' | 'nmi' | 'init' | 'sipi' | 'tick' | 'hostExit' | 'hostObstruct' }
>;

/** The world acts. */
export function outsideEvent(parts: Parts, state: State, event: OutsideEvent): State | Skip {
  const { signals, physicalExits } = parts;
  if (event.kind === 'hostObstruct') {
    return state.l0.isObstructed ? skips.unchanged : withL0(state, { isObstructed: true });
  }
  if (state.platform.level === 1) return skips.l1;
  switch (event.kind) {
    case 'interrupt':
      return signals.interrupt(state, event.vector);
    case 'nmi':
      return signals.nmi(state);
    case 'init':
      return signals.init(state);
    case 'sipi':
      return signals.sipi(state, event.vector);
    case 'tick':
      return signals.tick(state);
    case 'hostExit':
      return physicalExits.hostExit(state, event.cause);
    default:
      return event satisfies never;
  }
}
