import type { Bench } from './bench.ts';
import { benchFor } from './bench.ts';
import type { Case } from './case-file.ts';
import type { Counterexample } from './counterexample.ts';
import { counterexampleOf, isSuspect, judgeOne, sequenceOf, tell } from './counterexample-of.ts';
import { defaultStepTimeout } from './deadline.ts';
import { explain, type Explanation } from './explain.ts';
import { refinement, type Finding } from './finding.ts';
import { everything, fits, profileOf, scopeOf, type Scope } from './scope.ts';
import { spectrumOf } from './spectrum.ts';
import type { SystemUnderCheck } from './system-under-check.ts';
import type { UnderTest } from './under-test.ts';

/** A stored case and whom to play it on. */
export interface ReplayOptions {
  readonly system: SystemUnderCheck;
  readonly iut: UnderTest;
  readonly case: Case;
  /** Milliseconds that the implementation has for one step. */
  readonly stepTimeout?: number;
}

/** What a replay showed. */
export type Replay =
  | { readonly outcome: 'passes'; readonly explanation: Explanation }
  | { readonly outcome: 'fails'; readonly counterexample: Counterexample }
  /** The implementation cannot play the case: its profile, its configuration or one of its events. */
  | { readonly outcome: 'not-applicable'; readonly reason: string };

interface Ready {
  readonly scope: Scope;
  readonly bench: Bench;
}

/** Plays a stored case as it is. Throws an `AdapterError`. */
export async function replay(options: ReplayOptions): Promise<Replay> {
  const ready = prepare(options);
  if ('reason' in ready) return { outcome: 'not-applicable', reason: ready.reason };
  const { scope, bench } = ready;
  const sequence = sequenceOf(scope, options.case);
  const { finding } = await judgeOne(scope, bench, sequence, options.case.property ?? refinement);
  const play = await bench.play(finding?.drained ?? sequence);
  if (finding === undefined) return { outcome: 'passes', explanation: explain(scope, play, sequence.codes.length) };
  const failure = { sequence, finding, foundAfter: 1 };
  const clause = await clauseOf(scope, bench, finding, options.case.clause);
  const told = { ...finding, clause };
  return { outcome: 'fails', counterexample: tell(scope, options.iut.name, sequence, told, play, failure, 0) };
}

/** The clause that the case was stored for, if it may still be the broken one; else the one that is found to be. */
async function clauseOf(scope: Scope, bench: Bench, finding: Finding, stored: string | undefined): Promise<string> {
  if (stored !== undefined && isSuspect(finding, stored)) return stored;
  return finding.suspects === undefined ? finding.clause : (await spectrumOf(scope, bench)).broken(finding);
}

/** Plays a stored case and shrinks it if it fails. Throws an `AdapterError`. */
export async function shrinkCase(options: ReplayOptions): Promise<Replay> {
  const replayed = await replay(options);
  const ready = prepare(options);
  if (replayed.outcome !== 'fails' || 'reason' in ready) return replayed;
  const { scope, bench } = ready;
  const sequence = sequenceOf(scope, options.case);
  const { finding } = await judgeOne(scope, bench, sequence, options.case.property ?? refinement);
  if (finding === undefined) return replayed;
  const told = await counterexampleOf(scope, bench, options.iut.name, { sequence, finding, foundAfter: 1 });
  return { outcome: 'fails', counterexample: told.counterexample };
}

function prepare({ system, iut, case: stored, stepTimeout }: ReplayOptions): Ready | { readonly reason: string } {
  const capabilities = iut.capabilities ?? everything(system);
  const profile = profileOf(system, stored.config);
  if (!capabilities.profiles.includes(profile)) return { reason: `${iut.name} does not play profile ${profile}` };
  const scope = scopeOf(system, profile, capabilities);
  if (!fits(scope, stored.config, stored.events)) {
    return { reason: `${iut.name} lacks a parameter value or an event of the case` };
  }
  return { scope, bench: benchFor(scope, iut, stepTimeout ?? defaultStepTimeout) };
}
