import type { VgicEvent } from '../../../spec/vgic/alphabet.ts';

const mapped: ReadonlySet<number> = new Set([27, 34, 35]);

/**
 * Whether an event may leave a mapped interrupt whose line the hypervisor takes to be high while the device is low, or
 * whose physical interrupt is not active. The next exit finds out, so from then on an exit more or less can be seen.
 */
export function leavesStaleLine(event: VgicEvent): boolean {
  switch (event.kind) {
    case 'lower':
      return event.wire === 'p40';
    case 'programTimer':
    case 'tick':
    case 'resetVcpu':
      return true;
    case 'setPending':
    case 'clearPending':
    case 'clearActive':
    case 'setActive':
    case 'enable':
    case 'userLineLevel':
    case 'userSetPending':
    case 'userSetActive':
      return mapped.has(event.intid);
    default:
      return false;
  }
}

/** The longest beginning of a sequence with no event of a kind. */
export function before(events: readonly VgicEvent[], stop: (event: VgicEvent) => boolean): readonly VgicEvent[] {
  const end = events.findIndex(stop);
  return end < 0 ? events : events.slice(0, end);
}
