import type { Equivalence } from '../../../src/engine/property.ts';
import { apicvIsInvisible } from './apicv-is-invisible.ts';
import { apicvSwitchIsInvisible } from './apicv-switch-is-invisible.ts';
import { notificationsDoNotCount } from './notifications-do-not-count.ts';
import { postingIsInvisible } from './posting-is-invisible.ts';

/** The equivalences of `posted-interrupts`. */
export const equivalences: readonly Equivalence[] = [
  apicvIsInvisible,
  postingIsInvisible,
  notificationsDoNotCount,
  apicvSwitchIsInvisible,
];
