import type { Equivalence } from '../../../src/engine/property.ts';
import { acknowledge } from './acknowledge.ts';
import { arrivals } from './arrivals.ts';
import { hostEvents } from './host-events.ts';
import { l0ApicvIsInvisible, nestedIsBare } from './nested-is-bare.ts';

/** The equivalences of `nested-vmx`. */
export const equivalences: readonly Equivalence[] = [
  nestedIsBare,
  ...hostEvents,
  l0ApicvIsInvisible,
  acknowledge,
  ...arrivals,
];
