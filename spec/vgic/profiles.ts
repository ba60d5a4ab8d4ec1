import type { Profile } from '../system.ts';

/** Whose rules are checked; the first is the default and the normative one. */
export const profiles = {
  kvm: {
    doc: 'The vGIC of Linux 6.12: list registers are built anew at every entry and folded at every exit. Normative.',
    actors: ['device', 'time', 'guest', 'timer', 'distributor', 'hypervisor', 'userspace'],
    limits: { profile: ['kvm'], disabledGroup: ['ignored'] },
  },
  'seed-2015': {
    doc: 'The patch under review in seed 002: list registers outlive exits, guest completion is read off the physical active bit.',
    actors: ['device', 'time', 'guest', 'timer', 'distributor', 'hypervisor'],
    limits: {
      profile: ['seed-2015'],
      disabledGroup: ['ignored'],
      hwDeactivation: [true],
      distEnableRequeues: [false],
      groups: ['g0only'],
    },
  },
  arch: {
    doc: 'The architecture alone: physical distributor, list registers and virtual CPU interface, driven directly.',
    actors: ['device', 'guest', 'hardware'],
    limits: {
      profile: ['arch'],
      vcpus: [1],
      vms: [1],
      pcpus: [1],
      nrLr: [4, 1, 2],
      hwDeactivation: [true],
      distEnableRequeues: [false],
    },
  },
} as const satisfies Readonly<Record<string, Profile>>;
