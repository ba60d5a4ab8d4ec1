import { equivalence, inserted } from '../equivalence.ts';
import { GuestTraceInAnyOrder } from '../trace/guest-trace.ts';

/**
 * INV-20. Restoring queues everything anew, so it also queues what became pending while the distributor was off, and
 * moves what was retargeted; sequences with either are left out.
 */
export const saveAndRestoreChangeNothing = equivalence({
  id: 'save-and-restore-change-nothing',
  claim: 'Saving and restoring a stopped VM changes nothing that its guest reads afterwards.',
  judges: [
    'save-restore-is-the-identity',
    'restore-queues-what-it-makes-pending-or-active',
    'user-access-spares-the-physical-side',
  ],
  needs: ['reply', 'listRegister', 'distributor', 'software'],
  profiles: ['kvm'],
  scenario: {
    name: 'saved while one interrupt is in service and another is pending',
    events: [
      { kind: 'pulse', wire: 'spi33.vm0' },
      { kind: 'enter', vcpu: 0 },
      { kind: 'iar', vcpu: 0 },
      { kind: 'exit', vcpu: 0 },
      { kind: 'raise', wire: 'spi32.vm0' },
      { kind: 'enter', vcpu: 0 },
      { kind: 'eoir', vcpu: 0 },
      { kind: 'iar', vcpu: 0 },
    ],
  },
  variant({ config, events }, pick) {
    if (events.some(({ kind }) => kind === 'setTargets' || kind === 'switchDistributor')) return undefined;
    // Right after an exit or before an entry a VM is most likely stopped.
    const places = events.flatMap(({ kind }, i) => (kind === 'enter' ? [i] : kind === 'exit' ? [i + 1] : []));
    const at = places[pick(places.length)] ?? pick(events.length + 1);
    const vm = config.vms === 2 && pick(2) === 1 ? 1 : 0;
    return { config, events: inserted(events, at, [{ kind: 'saveRestore', vm }]) };
  },
  project: GuestTraceInAnyOrder,
});
