import type { PostedInterruptsEvent } from '../../../spec/posted-interrupts/alphabet.ts';
import { equivalence, type Side } from '../equivalence.ts';
import { Simulation } from './simulation.ts';
import { WhatGuestsSee } from './what-guests-see.ts';

/** Switches APICv off and on again, or on and off, while everybody is outside. */
function variant({ config, events }: Side, pick: (n: number) => number): Side | undefined {
  if (config.apicv === 'absent') return undefined;
  const simulation = new Simulation(config);
  const places: { readonly at: number; readonly on: boolean }[] = [];
  events.forEach((event, at) => {
    const { vcpus } = simulation.state;
    if (vcpus.every(({ schedule }) => schedule.mode === 0)) places.push({ at, on: vcpus[0].virtual.apicv });
    simulation.play(event);
  });
  if (places.length === 0) return undefined;
  const { at, on } = places[pick(places.length)];
  const switches: readonly PostedInterruptsEvent[] = [
    { kind: 'switchApicv', on: !on },
    { kind: 'switchApicv', on },
  ];
  return { config, events: [...events.slice(0, at), ...switches, ...events.slice(at)] };
}

/** INV-P7. */
export const apicvSwitchIsInvisible = equivalence({
  id: 'switching-apicv-twice-changes-nothing',
  claim: 'APICv switched off and on again, or on and off, while everybody is outside changes nothing that guests see.',
  judges: ['apicv-switch-keeps-pending-and-in-service', 'apicv-on-restores-rvi-and-svi'],
  needs: ['delivery', 'reply'],
  profiles: ['sdm', 'kvm'],
  scenario: {
    name: 'one vector in service, one pending, one posted',
    events: [
      { kind: 'post', to: 0, vector: 0x31 },
      { kind: 'enter', vcpu: 0 },
      { kind: 'selfIpi', vcpu: 0, vector: 0x3f },
      { kind: 'post', to: 0, vector: 0x20 },
      { kind: 'exit', vcpu: 0 },
      { kind: 'enter', vcpu: 0 },
      { kind: 'eoi', vcpu: 0 },
    ],
  },
  variant,
  project: WhatGuestsSee,
});
