import type { Law } from '../../../src/engine/property.ts';
import { events } from './events.ts';
import { exits } from './exits.ts';
import { gates } from './gates.ts';
import { hostState } from './host-state.ts';
import { injection } from './injection.ts';
import { interception } from './interception.ts';
import { l0 } from './l0.ts';
import { loaded } from './loaded.ts';
import { saved } from './saved.ts';
import { writeSet } from './write-set.ts';
import { written } from './written.ts';

/** The laws of `vmcs12`. */
export const laws: readonly Law[] = [
  ...writeSet,
  ...written,
  ...gates,
  ...saved,
  ...loaded,
  ...exits,
  ...injection,
  ...hostState,
  ...events,
  ...interception,
  l0,
];
