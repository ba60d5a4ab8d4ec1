import { boundaries } from './boundaries.ts';
import { exceptions } from './exceptions.ts';
import { externalInterrupts } from './external-interrupts.ts';
import { injection } from './injection.ts';
import { knobs } from './knobs.ts';
import { nmi } from './nmi.ts';
import type { SdmCase } from './sdm-case.ts';
import { stateSaving } from './state-saving.ts';
import { virtualInterrupts } from './virtual-interrupts.ts';

/** Hand-written sequences that tell how good an oracle Bochs is, by subject. */
export const sdmCases: Readonly<Record<string, readonly SdmCase[]>> = {
  'external interrupts': externalInterrupts,
  injection,
  NMI: nmi,
  exceptions,
  'state saving': stateSaving,
  boundaries,
  'virtual interrupts': virtualInterrupts,
  knobs,
};
