import type { Law } from '../../../src/engine/property.ts';
import { conservation } from './conservation.ts';
import { liveness } from './liveness.ts';
import { priority } from './priority.ts';
import { rest } from './rest.ts';

/** The laws of `posted-interrupts`. */
export const laws: readonly Law[] = [...conservation, ...rest, ...priority, ...liveness];
