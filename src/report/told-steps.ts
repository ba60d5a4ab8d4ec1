import type { SystemSpec } from '../../spec/system.ts';
import type { Counterexample } from '../engine/counterexample.ts';
import { phraseReader, type StepPhrases } from './step-phrases.ts';

/** The steps of a counterexample in words. */
export interface ToldSteps {
  /** Absent unless the implementation is wrong before any event. */
  readonly reset?: StepPhrases;
  readonly steps: readonly StepPhrases[];
}

/** Puts the steps of a counterexample into words. */
export function toldSteps({ reset = [], steps, case: { config } }: Counterexample, spec: SystemSpec): ToldSteps {
  const read = phraseReader(spec, config);
  const start = reset.length > 0 && read({ event: { kind: 'reset' }, allowed: [], differs: reset, clauses: [] });
  return { ...(start && { reset: start }), steps: steps.map(read) };
}
