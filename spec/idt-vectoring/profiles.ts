import type { Profile } from '../system.ts';

const hypervised = ['guest', 'platform', 'tables', 'injector', 'hypervisor'] as const;

/** Policies of the hypervisor; the first is the default and the normative one. */
export const profiles = {
  reinject: {
    doc: 'A hypervisor that injects again what it finds in the IDT-vectoring field. Normative.',
    actors: hypervised,
    limits: { profile: ['reinject'] },
  },
  drop: {
    doc: 'A hypervisor that forgets everything it finds in the IDT-vectoring field. Computes the answer; not correct.',
    actors: hypervised,
    limits: { profile: ['drop'] },
  },
  'drop-exceptions': {
    doc: "The seed's proposal: hardware exceptions in the IDT-vectoring field are forgotten, all else is injected again.",
    actors: hypervised,
    limits: { profile: ['drop-exceptions'] },
  },
  native: {
    doc: 'No hypervisor: the yardstick. What others inject, an ideal processor delivers at that boundary.',
    actors: ['guest', 'platform', 'tables', 'injector'],
    limits: { profile: ['native'], intercepts: ['none'], nmi: ['direct'] },
  },
} as const satisfies Readonly<Record<string, Profile>>;
