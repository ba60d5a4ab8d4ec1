import type { Profile } from '../system.ts';

/** What stands under L1; the first is the default. */
export const profiles = {
  nested: {
    doc: 'L0 stands between: its exits, its control values and the CR bits that it owns must not be seen.',
    actors: ['l1', 'l2', 'outside', 'l0'],
    limits: { profile: ['nested'] },
  },
  bare: {
    doc: 'L1 on the processor itself.',
    actors: ['l1', 'l2', 'outside'],
    limits: { profile: ['bare'] },
  },
} as const satisfies Readonly<Record<string, Profile>>;
