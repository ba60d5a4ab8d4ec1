import type { Law } from '../../../src/engine/property.ts';
import { boundary } from './boundary.ts';
import { crossings } from './crossings.ts';
import { entryLaws } from './entries.ts';
import { fates } from './fates.ts';
import { policy } from './policy.ts';
import { service } from './service.ts';

/** The laws of `idt-vectoring`. */
export const laws: readonly Law[] = [...fates, ...service, ...boundary, ...crossings, ...entryLaws, ...policy];
