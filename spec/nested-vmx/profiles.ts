import type { Profile } from '../system.ts';

/** Who runs the processor; the first is the default. All of them judge by the same clauses and show the same words. */
export const profiles = {
  nested: {
    doc: 'L0 runs L1, and L2 on its behalf: from the VMCS that it keeps for L1 and the one that L1 keeps for L2 it makes a third. Normative.',
    actors: ['device', 'level1', 'level2', 'level0'],
    limits: { profile: ['nested'] },
  },
  bare: {
    doc: 'L1 and L2 on one processor: what must be seen in the profile nested after the events of L0 are taken out.',
    actors: ['device', 'level1', 'level2'],
    limits: { profile: ['bare'], l0Apicv: [false] },
  },
  hardware: {
    doc: 'The bare machine, played so that a real processor can follow: what comes from outside while L2 runs is caused by an instruction of L2, and comes alone.',
    actors: ['device', 'level1', 'level2'],
    limits: { profile: ['hardware'], l0Apicv: [false] },
  },
} as const satisfies Readonly<Record<string, Profile>>;
