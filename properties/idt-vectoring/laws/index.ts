import type { Law } from '../../../src/engine/property.ts';

/** The laws of `idt-vectoring`. */
export const laws: readonly Law[] = [];
