import { equivalence, inserted, oneOf } from '../equivalence.ts';
import { GuestTrace } from '../trace/guest-trace.ts';
import { before, leavesStaleLine } from '../trace/undisturbed.ts';

/** As any exit, this one finds out about devices and moves what is retargeted; both are left out. */
export const abortedEntryChangesNothing = equivalence({
  id: 'aborted-entry-changes-nothing',
  claim: 'An entry that is called off changes nothing that the guest reads.',
  judges: [
    'aborted-entry-loses-nothing',
    'unacknowledged-edge-returns-to-the-latch',
    'unacknowledged-sgi-returns-to-its-source',
    'asserted-mapped-level-is-offered-again',
  ],
  needs: ['reply', 'listRegister', 'distributor', 'software'],
  profiles: ['kvm'],
  scenario: {
    name: 'an edge waits when the entry is called off',
    events: [
      { kind: 'pulse', wire: 'spi33.vm0' },
      { kind: 'enter', vcpu: 0 },
      { kind: 'iar', vcpu: 0 },
    ],
  },
  variant({ config, events }, pick) {
    if (!config.hwDeactivation) return undefined;
    const calm = before(events, (event) => leavesStaleLine(event) || event.kind === 'setTargets');
    const places = calm.flatMap((event, at) => (event.kind === 'enter' ? [{ at, vcpu: event.vcpu }] : []));
    const place = oneOf(places, pick);
    if (place === undefined) return undefined;
    return { config, events: inserted(events, place.at, [{ kind: 'abortEntry', vcpu: place.vcpu }]) };
  },
  project: GuestTrace,
});
