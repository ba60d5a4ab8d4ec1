import type { Difference } from './counterexample.ts';
import type { Sequence } from './sequence.ts';

/** The id under which refinement is reported beside laws and equivalences. */
export const refinement = 'refinement';

/** Something wrong with one sequence, before anybody explains it. */
export interface Finding {
  /** Id of the property that failed: {@link refinement}, or the id of a law or equivalence. */
  readonly property: string;
  /** Id of the broken clause. */
  readonly clause: string;
  /** Ids of the clauses that one step cannot tell apart, the likeliest first; absent: `clause` alone. */
  readonly suspects?: readonly string[];
  readonly summary: string;
  /** The sections and fields that differ, as `section.field`, sorted; empty for laws and equivalences. */
  readonly signature: readonly string[];
  /** Place of the event after which it showed; -1 after reset, the number of events at the end of the sequence. */
  readonly step: number;
  readonly differs: readonly Difference[];
  /** The sequence with the events that drained it, for a law that showed while or after draining. */
  readonly drained?: Sequence;
  /** The other side of an equivalence. */
  readonly variant?: Sequence;
}
