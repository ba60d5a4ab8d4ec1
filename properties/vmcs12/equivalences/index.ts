import type { Equivalence } from '../../../src/engine/property.ts';
import { entryControl } from './entry-control.ts';
import { lazy } from './lazy.ts';
import { nestedIsBare, hostEvents } from './nested-is-bare.ts';

/** The equivalences of `vmcs12`. */
export const equivalences: readonly Equivalence[] = [nestedIsBare, hostEvents, lazy, entryControl];
