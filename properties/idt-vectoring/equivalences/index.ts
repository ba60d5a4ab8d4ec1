import type { Equivalence } from '../../../src/engine/property.ts';
import { emulation, interception, virtualNmis } from './controls.ts';
import { migration } from './migration.ts';
import { native } from './native.ts';
import { obstacles } from './obstacles.ts';
import { stimuli } from './stimuli.ts';

/** The equivalences of `idt-vectoring`. */
export const equivalences: readonly Equivalence[] = [
  native,
  obstacles,
  interception,
  virtualNmis,
  emulation,
  migration,
  stimuli,
];
