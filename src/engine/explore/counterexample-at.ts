import type { AnyConfiguration } from '../../../spec/alphabet.ts';
import type { Model } from '../../../spec/contract.ts';
import type { Counterexample } from '../counterexample.ts';
import { tell } from '../counterexample-of.ts';
import type { Finding } from '../finding.ts';
import { ModelImplementation } from '../model-implementation.ts';
import { scopeOf } from '../scope.ts';
import type { SystemUnderCheck } from '../system-under-check.ts';
import { WordPlayer } from '../word-player.ts';
import type { Exploration } from './exploration.ts';

/** A way to a broken law. */
export interface Found {
  /** Name of the implementation. */
  readonly name: string;
  /** Name of the clause. */
  readonly clause: string;
  readonly summary: string;
  readonly codes: readonly number[];
  /** Events after it, which show that it does not come to rest. */
  readonly drain: readonly number[];
  /** Distinct states that had been found by then. */
  readonly states: number;
  readonly foundSeconds: number;
}

/**
 * A way to a broken law as a counterexample. Its steps tell what the implementation does, beside itself: a law is broken
 * by what came about, whether or not each single step was allowed.
 */
export function counterexampleAt(
  { spec, profile, reference }: Exploration,
  config: AnyConfiguration,
  found: Found,
  model: ((cite: (clause: string) => void) => Model) | undefined,
): Counterexample {
  const make = model ?? reference;
  const scope = scopeOf(beside(spec, make), profile);
  const sequence = { config: scope.space.intern(config), codes: Uint16Array.from(found.codes) };
  const whole = { config: sequence.config, codes: Uint16Array.from([...found.codes, ...found.drain]) };
  const play = new WordPlayer(
    scope,
    new ModelImplementation(
      spec,
      make(() => {}),
    ),
  ).playOne({ sequence: whole });
  const clause = spec.clauses[found.clause].id;
  const finding: Finding = {
    property: found.clause,
    clause,
    summary: found.summary,
    signature: [],
    step: found.codes.length - 1,
    differs: [],
    ...(found.drain.length > 0 && { drained: whole }),
  };
  const failure = { sequence, finding, foundAfter: found.states };
  return { ...tell(scope, found.name, sequence, finding, play, failure, 0), foundSeconds: found.foundSeconds };
}

/** A system of which nothing is asked but to be told. */
const beside = (spec: SystemUnderCheck['spec'], model: SystemUnderCheck['model']): SystemUnderCheck => ({
  spec,
  model,
  guide: nothingIsGenerated,
  configure: nothingIsGenerated,
  properties: [],
  length: 0,
  pairs: [],
});

function nothingIsGenerated(): never {
  throw new Error('an exploration generates nothing at random');
}
