import type { PostedInterruptsEvent } from '../../../spec/posted-interrupts/alphabet.ts';
import { equivalence, type Side } from '../equivalence.ts';
import { Simulation } from './simulation.ts';
import { WhatGuestsSee } from './what-guests-see.ts';

/** Puts a sync in the place of a notification, which then comes too late, or while nobody is in the guest. */
function variant({ config, events }: Side, pick: (n: number) => number): Side | undefined {
  if (config.apicv === 'absent') return undefined;
  const simulation = new Simulation(config);
  const places: { readonly at: number; readonly v: 0 | 1 }[] = [];
  events.forEach((event, at) => {
    const { vcpus } = simulation.state;
    const v =
      event.kind === 'arrive'
        ? vcpus.findIndex((one) => one.schedule.pcpu === event.pcpu && one.schedule.mode === 1)
        : -1;
    const fits = v >= 0 && event.kind === 'arrive' && event.physical === 'posted' && isPlain(simulation, v);
    if (simulation.play(event) && fits) places.push({ at, v: v === 0 ? 0 : 1 });
  });
  if (places.length === 0) return undefined;
  const { at, v } = places[pick(places.length)];
  const exit: PostedInterruptsEvent = { kind: 'exit', vcpu: v };
  const enter: PostedInterruptsEvent = { kind: 'enter', vcpu: v };
  const instead = [
    [exit, enter, events[at]],
    [exit, { kind: 'sync', vcpu: v } as const, enter, events[at]],
    [exit, events[at], enter],
  ][pick(3)];
  return { config, events: [...events.slice(0, at), ...instead, ...events.slice(at + 1)] };
}

/** L1 runs with APICv on, and an entry would inject nothing. */
function isPlain({ state }: Simulation, v: number): boolean {
  const { core, virtual } = state.vcpus[v];
  return virtual.apicv && !core.l2 && !core.nmi && core.inflight === 0;
}

/** PI-12. */
export const notificationsDoNotCount = equivalence({
  id: 'sync-takes-what-a-notification-would',
  claim: 'A notification that comes late, twice, or outside the guest changes nothing if a sync takes what is posted.',
  judges: ['notifications-do-not-count'],
  needs: ['delivery', 'reply'],
  profiles: ['sdm', 'kvm'],
  scenario: {
    name: 'a notification in the guest',
    events: [
      { kind: 'enter', vcpu: 0 },
      { kind: 'post', to: 0, vector: 0x31 },
      { kind: 'arrive', pcpu: 0, physical: 'posted' },
      { kind: 'eoi', vcpu: 0 },
    ],
  },
  variant,
  project: WhatGuestsSee,
});
