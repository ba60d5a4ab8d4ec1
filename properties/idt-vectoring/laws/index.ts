import type { Law } from '../../../src/engine/property.ts';
import { fates } from './fates.ts';

/** The laws of `idt-vectoring`. */
export const laws: readonly Law[] = [...fates];
