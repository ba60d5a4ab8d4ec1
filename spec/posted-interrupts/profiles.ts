import type { Profile } from '../system.ts';

const hypervised = [
  'poster',
  'device',
  'line',
  'interconnect',
  'guest',
  'handler',
  'system',
  'hypervisor',
  'scheduler',
  'nested',
] as const;

/** Whose rules are checked; the first is the default and the normative one. */
export const profiles = {
  sdm: {
    doc: 'Hardware as the manuals describe it, with software around it that posts, syncs, schedules and blocks as Linux 6.12 does; whole events. Normative.',
    actors: hypervised,
    limits: { profile: ['sdm'], vectors: ['all'], posters: [0] },
  },
  kvm: {
    doc: 'The same with what Linux 6.12 does otherwise for an L2: a notification for L2 passes by the local APIC of L1, and an exit to L1 comes before a virtual interrupt of L2.',
    actors: hypervised,
    limits: {
      profile: ['kvm'],
      apicv: ['on', 'off'],
      tprShadow: [true],
      nested: [true],
      vectors: ['all'],
      posters: [0],
    },
  },
  arch: {
    doc: 'The processor alone: virtual-APIC page, guest interrupt status, controls and descriptor are written directly, VM entries are made as asked.',
    actors: ['processor', 'interconnect', 'guest', 'handler'],
    limits: {
      profile: ['arch'],
      apicv: ['on', 'off'],
      tprShadow: [true],
      devicePosting: [false],
      nested: [false],
      vcpus: [1],
      pcpus: [1],
      pprOnTie: ['tpr'],
      vectors: ['all'],
      posters: [0],
    },
  },
  interleaved: {
    doc: 'One target, posters and a device, in atomic steps: small enough to be explored exhaustively.',
    actors: ['step', 'device', 'interconnect', 'handler'],
    limits: {
      profile: ['interleaved'],
      apicv: ['on'],
      mode: ['x2apic'],
      tprShadow: [true],
      hltExiting: [true],
      nested: [false],
      vcpus: [1],
      pprOnTie: ['tpr'],
      blocksArrival: ['none'],
      vectors: ['two', 'three'],
      posters: [2, 1],
    },
  },
} as const satisfies Readonly<Record<string, Profile>>;
