import type { Draft } from '../draft.ts';
import type { Fault } from '../fault.ts';
import { activity } from './activity.ts';
import { boundary } from './boundary.ts';
import { delivery } from './delivery.ts';
import { direct } from './direct.ts';
import { draft2011, mistakesOf2011 } from './draft-2011.ts';
import { entry } from './entry.ts';
import { externalInterrupts } from './external-interrupts.ts';
import { l0 } from './l0.ts';
import { localApic } from './local-apic.ts';
import { machinery } from './machinery.ts';
import { nmi } from './nmi.ts';
import { pendingEntry } from './pending-entry.ts';
import { virtualInterrupts } from './virtual-interrupts.ts';

/** Historic drafts of nested VMX. */
export const nestedVmxDrafts: readonly Draft[] = [draft2011];

/** Every fault of `nested-vmx`. */
export const nestedVmxFaults: readonly Fault[] = [
  ...localApic,
  ...externalInterrupts,
  ...direct,
  ...entry,
  ...delivery,
  ...boundary,
  ...nmi,
  ...activity,
  ...virtualInterrupts,
  ...pendingEntry,
  ...l0,
  ...machinery,
  ...mistakesOf2011,
  ...nestedVmxDrafts,
];
