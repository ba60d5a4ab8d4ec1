import type { VgicEvent } from '../../../spec/vgic/alphabet.ts';
import { equivalence, inserted, oneOf } from '../equivalence.ts';
import { GuestTrace } from '../trace/guest-trace.ts';
import { before, leavesStaleLine } from '../trace/undisturbed.ts';

/**
 * With one physical CPU a virtual CPU that has just been loaded can be put and loaded again; and a virtual CPU that is
 * alone in the machine always, as long as nobody puts it. Load tells the level of the timer, so sequences in which a timer
 * is programmed are left out.
 */
export const loadAgainChangesNothing = equivalence({
  id: 'load-again-changes-nothing',
  claim: 'Taking a virtual CPU off its physical CPU and putting it back changes nothing that the guest reads.',
  judges: [
    'load-restores-mask-and-active-priorities',
    'put-leaves-the-interface-as-it-is',
    'load-sets-the-physical-active-state',
  ],
  needs: ['reply', 'listRegister', 'distributor', 'software'],
  profiles: ['kvm'],
  scenario: {
    name: 'loaded again with an interrupt in service, whose priority holds back another',
    events: [
      { kind: 'pulse', wire: 'spi33.vm0' },
      { kind: 'enter', vcpu: 0 },
      { kind: 'iar', vcpu: 0 },
      { kind: 'exit', vcpu: 0 },
      { kind: 'raise', wire: 'spi32.vm0' },
      { kind: 'enter', vcpu: 0 },
      { kind: 'iar', vcpu: 0 },
    ],
  },
  variant({ config, events }, pick) {
    if (config.pcpus !== 1) return undefined;
    const calm = before(events, leavesStaleLine);
    const loads = calm.flatMap((event, i) =>
      event.kind === 'load' && event.pcpu === 0 ? [{ at: i + 1, vcpu: event.vcpu }] : [],
    );
    const exits = before(calm, ({ kind }) => kind === 'put').flatMap(({ kind }, i) =>
      config.vcpus === 1 && kind === 'exit' ? [{ at: i + 1, vcpu: 0 as const }] : [],
    );
    const place = oneOf([...loads, ...exits], pick);
    if (place === undefined) return undefined;
    const { at, vcpu } = place;
    const again: readonly VgicEvent[] = [
      { kind: 'put', vcpu },
      { kind: 'load', vcpu, pcpu: 0 },
    ];
    return { config, events: inserted(events, at, again) };
  },
  project: GuestTrace,
});
