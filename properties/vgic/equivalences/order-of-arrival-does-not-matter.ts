import type { VgicEvent } from '../../../spec/vgic/alphabet.ts';
import { equivalence } from '../equivalence.ts';
import { GuestTraceInAnyOrder } from '../trace/guest-trace.ts';

const isDevice = (event: VgicEvent | undefined): event is Extract<VgicEvent, { kind: 'raise' | 'lower' | 'pulse' }> =>
  event?.kind === 'raise' || event?.kind === 'lower' || event?.kind === 'pulse';

/** INV-21. */
export const orderOfArrivalDoesNotMatter = equivalence({
  id: 'order-of-arrival-does-not-matter',
  claim:
    'Whichever of two devices changes its line first, the guest reads the same, interrupts of equal priority apart.',
  judges: [
    'pending-sorts-by-priority',
    'highest-priority-is-acknowledged-first',
    'active-sorts-before-pending',
    'queueing-appends-at-the-tail',
  ],
  needs: ['reply', 'listRegister', 'distributor', 'software'],
  profiles: ['kvm'],
  scenario: {
    name: 'two interrupts of different priority for one list register',
    config: { nrLr: 1 },
    events: [
      { kind: 'setPriority', vcpu: 0, intid: 32, priority: 0x40 },
      { kind: 'pulse', wire: 'spi33.vm0' },
      { kind: 'raise', wire: 'spi32.vm0' },
      { kind: 'enter', vcpu: 0 },
      { kind: 'iar', vcpu: 0 },
    ],
  },
  variant({ config, events }, pick) {
    const places = events.flatMap((event, i) => {
      const next = events[i + 1];
      return isDevice(event) && isDevice(next) && event.wire !== next.wire ? [i] : [];
    });
    if (places.length === 0) return undefined;
    const at = places[pick(places.length)];
    return {
      config,
      events: events.map((event, i) => (i === at ? events[at + 1] : i === at + 1 ? events[at] : event)),
    };
  },
  project: GuestTraceInAnyOrder,
});
