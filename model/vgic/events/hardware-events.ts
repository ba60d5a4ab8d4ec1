import type { Skip } from '../../../spec/contract.ts';
import type { VgicEvent } from '../../../spec/vgic/alphabet.ts';
import type { Parts } from '../parts.ts';
import type { VgicState } from '../state.ts';

/** Accesses to the hardware itself. */
export type HardwareEvent = Extract<
  VgicEvent,
  {
    kind:
      | 'writeLr'
      | 'writeSgiLr'
      | 'writeHwLr'
      | 'writeHcr'
      | 'raiseTimer'
      | 'hostAck'
      | 'hostEoi'
      | 'hostDir'
      | 'physicalEnable'
      | 'physicalPending'
      | 'physicalActive';
  }
>;

/** The registers of physical CPU 0 are accessed directly. */
export function hardwareEvent({ hardwareAccess }: Parts, state: VgicState, event: HardwareEvent): VgicState | Skip {
  switch (event.kind) {
    case 'writeLr': {
      const { intid, priority, eoi, group } = event;
      return hardwareAccess.writeLr(state, event.lr, event.state, { intid, priority, eoi, group });
    }
    case 'writeSgiLr': {
      const { intid, source, priority, eoi } = event;
      return hardwareAccess.writeLr(state, event.lr, event.state, { intid, source, priority, eoi });
    }
    case 'writeHwLr': {
      const { intid, pIntId, priority, group } = event;
      return hardwareAccess.writeLr(state, event.lr, event.state, { hw: true, intid, pIntId, priority, group });
    }
    case 'writeHcr':
      return hardwareAccess.writeHcr(state, event.value);
    case 'raiseTimer':
      return hardwareAccess.driveTimer(state, event.high);
    case 'hostAck':
      return hardwareAccess.hostAck(state);
    case 'hostEoi':
      return hardwareAccess.hostEoi(state);
    case 'hostDir':
      return hardwareAccess.hostDir(state, event.pIntId);
    case 'physicalEnable':
      return hardwareAccess.setEnabled(state, event.pIntId, event.on);
    case 'physicalPending':
      return hardwareAccess.setPending(state, event.pIntId, event.on);
    case 'physicalActive':
      return hardwareAccess.setActive(state, event.pIntId, event.on);
    default:
      return event satisfies never;
  }
}
