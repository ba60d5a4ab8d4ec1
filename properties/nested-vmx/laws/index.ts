import type { Law } from '../../../src/engine/property.ts';
import { askedFor } from './asked-for.ts';
import { boundary } from './boundary.ts';
import { conservation } from './conservation.ts';
import { deliveries } from './deliveries.ts';
import { exits } from './exits.ts';
import { injection } from './injection.ts';
import { instructions } from './instructions.ts';
import { liveness } from './liveness.ts';
import { nmi } from './nmi.ts';
import { notifications } from './notifications.ts';
import { priority } from './priority.ts';
import { stutter } from './stutter.ts';

/** The laws of `nested-vmx`. */
export const laws: readonly Law[] = [
  ...conservation,
  ...priority,
  ...boundary,
  ...injection,
  ...exits,
  ...askedFor,
  ...nmi,
  ...deliveries,
  ...instructions,
  ...notifications,
  stutter,
  ...liveness,
];
