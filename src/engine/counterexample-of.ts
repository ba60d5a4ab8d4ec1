import type { Bench, Judged } from './bench.ts';
import { caseFormat, type Case } from './case-file.ts';
import type { Counterexample } from './counterexample.ts';
import { explain } from './explain.ts';
import type { Finding } from './finding.ts';
import type { Play } from './play.ts';
import { fullLoad, judgeable } from './load.ts';
import { refinement } from './finding.ts';
import type { Scope } from './scope.ts';
import type { Sequence } from './sequence.ts';
import { shrinkSequence } from './shrink-sequence.ts';
import { spectrumOf } from './spectrum.ts';

/** A failing sequence on its way to a counterexample. */
export interface Failure {
  readonly sequence: Sequence;
  readonly finding: Finding;
  /** The play that showed it, where it was kept. */
  readonly play?: Play;
  /** Sequences that had been run when it was found. */
  readonly foundAfter: number;
}

/** A counterexample and the finding that it shows. */
export interface Told {
  /** As the last step alone shows it, which is how known deviations are recognised. */
  readonly shown: Finding;
  /** The same, with the clause that was found to be broken. */
  readonly finding: Finding;
  readonly counterexample: Counterexample;
}

const always = (): boolean => true;

/** A stored sequence in packed form. Throws a `RangeError` for an event that the alphabet does not have. */
export function sequenceOf(scope: Scope, { config, events }: Pick<Case, 'config' | 'events'>): Sequence {
  return { config: scope.space.intern(config), codes: Uint16Array.from(events, (event) => scope.packing.code(event)) };
}

/** Judges one sequence by refinement and by one property; gives what is wrong. */
export async function judgeOne(scope: Scope, bench: Bench, sequence: Sequence, property: string): Promise<Judged> {
  const load = fullLoad(judgeable(scope).filter(({ id }) => id === property));
  const [judged] = await bench.judge([sequence], [load], always);
  return judged!;
}

/**
 * Finds the broken clause among those suspected, shrinks a failure as long as that clause may be the broken one by the
 * same property, and tells it. `stop` ends the shrinking early, with the smallest sequence so far. Throws an
 * `AdapterError`.
 */
export async function counterexampleOf(
  scope: Scope,
  bench: Bench,
  name: string,
  failure: Failure,
  stop: () => boolean | Promise<boolean> = () => false,
): Promise<Told> {
  const { property } = failure.finding;
  const again = (await judgeOne(scope, bench, failure.sequence, property)).finding;
  if (again?.property !== property || !isSuspect(again, failure.finding.clause))
    return unrepeatable(scope, name, failure);
  const clause = again.suspects === undefined ? again.clause : (await spectrumOf(scope, bench)).broken(again);
  const fails = async (sequence: Sequence): Promise<boolean> => {
    if (await stop()) return false;
    const { finding } = await judgeOne(scope, bench, sequence, property);
    return finding?.property === property && isSuspect(finding, clause);
  };
  const start = await cut(bench, failure.sequence, again, fails);
  const { sequence, runs } = await shrinkSequence(scope, start, fails);
  const { finding: shown = again } = await judgeOne(scope, bench, sequence, property);
  const finding = { ...shown, clause };
  const play = await bench.play(finding.drained ?? sequence);
  return { shown, finding, counterexample: tell(scope, name, sequence, finding, play, failure, runs) };
}

/** Whether a finding may be about a clause. */
export const isSuspect = ({ clause, suspects = [clause] }: Finding, id: string): boolean => suspects.includes(id);

/** Without what came after the failure and what was skipped before it, if it still fails. */
async function cut(
  bench: Bench,
  sequence: Sequence,
  { step, property }: Finding,
  fails: (sequence: Sequence) => Promise<boolean>,
): Promise<Sequence> {
  if (property !== refinement) return sequence;
  const until = { config: sequence.config, codes: sequence.codes.slice(0, step + 1) };
  const { events } = await bench.play(until);
  const codes = until.codes.filter((_, i) => i === step || events[i]?.played === true);
  const bare = { config: sequence.config, codes };
  return (await fails(bare)) ? bare : until;
}

function unrepeatable(scope: Scope, name: string, failure: Failure): Told {
  const { sequence, finding, play = { sequence, start: undefined, events: [] } } = failure;
  const told = tell(scope, name, sequence, finding, play, failure, 1);
  return { shown: finding, finding, counterexample: { ...told, unrepeatable: true } };
}

/** A failing sequence as a counterexample, told from the play that shows it. */
export function tell(
  scope: Scope,
  name: string,
  { config, codes }: Sequence,
  { property, clause, summary, variant }: Finding,
  play: Play,
  { sequence: found, foundAfter }: Failure,
  shrinkRuns: number,
): Counterexample {
  const system = scope.system.spec.name;
  const eventsOf = (packed: Uint16Array) => Array.from(packed, (code) => scope.packing.events[code]);
  const { steps, reset } = explain(scope, play, codes.length);
  return {
    system,
    implementation: name,
    property,
    clause,
    summary,
    steps,
    case: { format: caseFormat, system, config, events: eventsOf(codes), clause, property, implementation: name },
    foundEvents: found.codes.length,
    foundAfter,
    shrinkRuns,
    ...(reset.length > 0 && { reset }),
    ...(variant && { variant: { config: variant.config, events: eventsOf(variant.codes) } }),
  };
}
