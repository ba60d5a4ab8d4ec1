import type { Fault } from '../fault.ts';
import { boundary } from './boundary.ts';
import { debugging } from './debugging.ts';
import { dropped } from './dropping.ts';
import { entries } from './entries.ts';
import { entryChecks } from './entry-checks.ts';
import { escalation } from './escalation.ts';
import { exits } from './exits.ts';
import { frames } from './frames.ts';
import { hypervisor } from './hypervisor.ts';
import { instructions } from './instructions.ts';
import { merging } from './merging.ts';
import { nestedFaults } from './nested-faults.ts';
import { nmis } from './nmis.ts';
import { policy } from './policy.ts';
import { savedState } from './saved-state.ts';

/** Every fault of `idt-vectoring`. */
export const idtVectoringFaults: readonly Fault[] = [
  ...instructions,
  ...debugging,
  ...frames,
  ...boundary,
  ...nmis,
  ...escalation,
  ...nestedFaults,
  ...exits,
  ...savedState,
  ...entries,
  ...entryChecks,
  ...policy,
  ...dropped,
  ...merging,
  ...hypervisor,
];
