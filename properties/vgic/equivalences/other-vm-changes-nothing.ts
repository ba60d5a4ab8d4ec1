import { alphabet, type VgicEvent } from '../../../spec/vgic/alphabet.ts';
import type { VgicConfiguration } from '../../../spec/vgic/configuration.ts';
import { equivalence } from '../equivalence.ts';
import { GuestTrace } from '../trace/guest-trace.ts';

/** What the guest of VM 0 reads. */
class OfVm0 extends GuestTrace {
  protected override shows(v: number): boolean {
    return this.machine.vm(v) === 0;
  }
}

/** Events that say only who is scheduled. */
const scheduling: ReadonlySet<VgicEvent['kind']> = new Set(['enter', 'exit', 'load', 'put']);

/** Whether an access of VM 1, which has one virtual CPU, takes place: it ends the run of that virtual CPU then. */
function traps(event: VgicEvent, { groups }: VgicConfiguration): boolean {
  switch (event.kind) {
    case 'setGroup':
      return groups === 'both';
    case 'sendSgi':
      return event.filter === 0 || event.cpus === 0x1;
    case 'setSgiPending':
    case 'clearSgiPending':
      return event.source === 0;
    default:
      return alphabet[event.kind].by === 'distributor';
  }
}

/** What remains of an event when VM 1 does nothing but being scheduled. */
function idled(event: VgicEvent, config: VgicConfiguration): readonly VgicEvent[] {
  const last = config.vcpus - 1;
  if ('wire' in event) return event.wire.endsWith('.vm1') || event.wire === `ppi30.cpu${last}` ? [] : [event];
  if (event.kind === 'saveRestore') return event.vm === 1 ? [] : [event];
  if (!('vcpu' in event) || event.vcpu !== last || scheduling.has(event.kind)) return [event];
  return traps(event, config) ? [{ kind: 'exit', vcpu: event.vcpu }] : [];
}

/** Whether an event makes the claim say nothing: the timer; and what may or may not take place, and trap. */
const unclear = (event: VgicEvent, last: number): boolean =>
  (event.kind === 'programTimer' || event.kind === 'setTrigger') && event.vcpu === last;

/**
 * What VM 1 does with its own interrupts is nothing to VM 0. Its timer is left out: the host takes timer interrupts one
 * at a time, before those of other devices, so it can delay what belongs to VM 0.
 */
export const otherVmChangesNothing = equivalence({
  id: 'other-vm-changes-nothing',
  claim: 'What a guest reads does not depend on what the guest of another VM does with its own interrupts.',
  judges: [
    'load-drops-the-active-state-of-the-last-guest',
    'timer-interrupt-goes-to-the-loaded-guest',
    'load-restores-mask-and-active-priorities',
    'exit-zeroes-list-registers',
  ],
  needs: ['reply', 'listRegister', 'distributor', 'software'],
  profiles: ['kvm'],
  scenario: {
    name: 'the other guest has the shared timer interrupt in service while the first one programs its own',
    config: { vcpus: 2, vms: 2 },
    events: [
      { kind: 'put', vcpu: 0 },
      { kind: 'load', vcpu: 1, pcpu: 0 },
      { kind: 'setActive', vcpu: 1, intid: 27 },
      { kind: 'put', vcpu: 1 },
      { kind: 'load', vcpu: 0, pcpu: 0 },
      { kind: 'enter', vcpu: 0 },
      { kind: 'programTimer', vcpu: 0, deadline: 'now', masked: false },
      { kind: 'hostIrq', pcpu: 0 },
      { kind: 'enter', vcpu: 0 },
      { kind: 'iar', vcpu: 0 },
    ],
  },
  variant({ config, events }) {
    if (config.vms !== 2) return undefined;
    const last = config.vcpus - 1;
    if (events.some((event) => unclear(event, last))) return undefined;
    return { config, events: events.flatMap((event) => idled(event, config)) };
  },
  project: OfVm0,
});
