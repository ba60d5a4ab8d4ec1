import type { Skip } from '../../../spec/contract.ts';
import type { VgicEvent } from '../../../spec/vgic/alphabet.ts';
import type { Parts } from '../parts.ts';
import { skips } from '../skips.ts';
import type { VgicState } from '../state.ts';

/** What the guest does without a trap. */
export type GuestEvent = Extract<
  VgicEvent,
  {
    kind:
      | 'iar'
      | 'aiar'
      | 'eoir'
      | 'dir'
      | 'eoirSpurious'
      | 'hppir'
      | 'rpr'
      | 'pmr'
      | 'ctlr'
      | 'eoiMode'
      | 'bpr'
      | 'programTimer';
  }
>;

/** The guest acts while its virtual CPU runs. */
export function guestEvent(parts: Parts, state: VgicState, event: GuestEvent): VgicState | readonly VgicState[] | Skip {
  const { guest } = parts;
  const v = event.vcpu;
  if (!state.software.vcpus[v].running) return skips.idle;
  switch (event.kind) {
    case 'iar':
      return guest.acknowledge(state, v, false);
    case 'aiar':
      return guest.acknowledge(state, v, true);
    case 'eoir':
      return guest.eoir(state, v);
    case 'dir':
      return guest.dir(state, v, event.intid);
    case 'eoirSpurious':
      return guest.eoirSpecial(state, v);
    case 'hppir':
      return guest.hppir(state, v);
    case 'rpr':
      return guest.rpr(state, v);
    case 'pmr':
      return guest.pmr(state, v, event.mask);
    case 'ctlr':
      return guest.ctlr(state, v, event.value);
    case 'eoiMode':
      return guest.eoiMode(state, v, event.mode);
    case 'bpr':
      return guest.bpr(state, v, event.value);
    case 'programTimer':
      return parts.timer.program(state, v, { deadline: event.deadline, masked: event.masked });
    default:
      return event satisfies never;
  }
}
