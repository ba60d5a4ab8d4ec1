import type { VgicEvent } from '../../../spec/vgic/alphabet.ts';
import { equivalence, inserted, oneOf } from '../equivalence.ts';
import { GuestTrace } from '../trace/guest-trace.ts';
import { before, leavesStaleLine } from '../trace/undisturbed.ts';

/** Events of the guest that complete nothing: completion is what an exit looks for. */
const harmless: ReadonlySet<VgicEvent['kind']> = new Set([
  'iar',
  'aiar',
  'hppir',
  'rpr',
  'pmr',
  'ctlr',
  'eoirSpurious',
]);

/**
 * INV-21. In general an exit is seen: it brings to the guest what was injected since its entry, and finds out about
 * devices that have fallen silent. Where nothing was injected, nothing completed, no device of a mapped interrupt
 * changed, and nothing was retargeted, it must not be.
 */
export const exitAndEntryChangeNothing = equivalence({
  id: 'exit-and-entry-change-nothing',
  claim:
    'An exit followed by an entry changes nothing that the guest reads, if nothing else has happened since it was entered.',
  judges: [
    'unacknowledged-edge-returns-to-the-latch',
    'active-follows-the-list-register',
    'active-bit-goes-into-the-list-register',
    'unacknowledged-sgi-returns-to-its-source',
    'asserted-mapped-level-is-offered-again',
  ],
  needs: ['reply', 'listRegister', 'distributor', 'software'],
  profiles: ['kvm'],
  scenario: {
    name: 'an edge is offered, and acknowledged later',
    events: [
      { kind: 'pulse', wire: 'spi33.vm0' },
      { kind: 'enter', vcpu: 0 },
      { kind: 'iar', vcpu: 0 },
    ],
  },
  variant({ config, events }, pick) {
    if (!config.hwDeactivation) return undefined;
    const calm = before(events, (event) => leavesStaleLine(event) || event.kind === 'setTargets');
    const mayRun = new Set<number>();
    const places = calm.flatMap((event, i) => {
      if (event.kind === 'exit') mayRun.delete(event.vcpu);
      if (event.kind !== 'enter' || mayRun.has(event.vcpu)) return [];
      mayRun.add(event.vcpu);
      const run = calm
        .slice(i + 1)
        .findIndex((next) => !(harmless.has(next.kind) && 'vcpu' in next && next.vcpu === event.vcpu));
      const length = run < 0 ? calm.length - i - 1 : run;
      return Array.from({ length: length + 1 }, (_, n) => ({ at: i + 1 + n, vcpu: event.vcpu }));
    });
    const place = oneOf(places, pick);
    if (place === undefined) return undefined;
    const { at, vcpu } = place;
    return {
      config,
      events: inserted(events, at, [
        { kind: 'exit', vcpu },
        { kind: 'enter', vcpu },
      ]),
    };
  },
  project: GuestTrace,
});
