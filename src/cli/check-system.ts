import { join } from 'node:path';
import { isTestable } from '../../spec/clause.ts';
import { AdapterError } from '../../spec/contract.ts';
import type { CampaignResult, Progress } from '../engine/campaign-result.ts';
import { runCampaign } from '../engine/campaign.ts';
import { everything } from '../engine/scope.ts';
import type { SystemUnderCheck } from '../engine/system-under-check.ts';
import type { UnderTest } from '../engine/under-test.ts';
import { loadCases, loadPackagedCases } from './case-files.ts';
import { closeImplementation } from './close-implementation.ts';
import type { Plan, SystemPlan } from './check-plan.ts';
import { packageRoot } from './package-root.ts';
import { loadSystem } from './registry/systems.ts';
import { strayErrors } from './stray-errors.ts';
import { watch, type Watched } from './watchdog.ts';

/** What a campaign of the command line is told from outside. */
export interface Surroundings {
  /** Folder of the user's own cases. */
  readonly corpus: string;
  readonly stopAfter: number;
  /** Milliseconds that the implementation has for one step. */
  readonly stepTimeout: number;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** The result of a campaign, and the properties that it was judged by. */
export interface Checked {
  readonly result: CampaignResult;
  readonly system: SystemUnderCheck;
}

/** Checks one system. A broken implementation is a result, never an exception. */
export async function checkSystem(plan: Plan, part: SystemPlan, around: Surroundings): Promise<Checked> {
  const { spec } = part;
  const [system, ...corpora] = await Promise.all([
    loadSystem(spec.name),
    loadPackagedCases(join(packageRoot(), 'corpus'), spec),
    loadCases(around.corpus, spec.name),
  ]);
  const stray = strayErrors();
  let watched: Watched | undefined;
  try {
    watched = watch(narrow(await plan.chosen.open(system), system, part), around.stepTimeout);
    const result = await runCampaign({
      system,
      iut: watched.iut,
      profile: part.profile,
      seed: plan.seed,
      ...(plan.runs !== undefined && { runs: plan.runs }),
      ...(plan.seconds !== undefined && { seconds: plan.seconds }),
      corpus: corpora.flat(),
      baseline: plan.baseline,
      stopAfter: around.stopAfter,
      stepTimeout: around.stepTimeout,
      signal: AbortSignal.any([around.signal, stray.signal]),
      onProgress: around.onProgress,
    });
    return { system, result: stray.error === undefined ? result : brokenBy(result, stray.error) };
  } catch (cause) {
    if (!(cause instanceof AdapterError)) throw cause;
    return { system, result: brokenBy(nothingPlayed(plan, part), cause) };
  } finally {
    if (watched) await closeImplementation(watched.iut);
    await watched?.release();
    stray.release();
  }
}

/** The implementation with what it declares cut down to the parameters that are fixed. */
function narrow(iut: UnderTest, system: SystemUnderCheck, { fixed }: SystemPlan): UnderTest {
  if (Object.keys(fixed).length === 0) return iut;
  const capabilities = iut.capabilities ?? everything(system);
  const supports = { ...capabilities.supports };
  for (const [key, values] of Object.entries(fixed)) {
    supports[key] = values.filter((value) => supports[key]?.includes(value) ?? true);
  }
  return { ...iut, capabilities: { ...capabilities, supports } };
}

/** A broken harness stops the judging; what was found before stays found. */
const brokenBy = (result: CampaignResult, { code, message }: AdapterError): CampaignResult => ({
  ...result,
  verdict: result.counterexamples.length > 0 ? 'violates' : 'adapter-error',
  reason: message,
  failure: { code, message },
  interrupted: false,
});

const nothingPlayed = ({ chosen, seed }: Plan, { spec, profile }: SystemPlan): CampaignResult => ({
  system: spec.name,
  implementation: chosen.name,
  profile,
  seed,
  verdict: 'inconclusive',
  reason: '',
  sequences: 0,
  events: 0,
  skipped: 0,
  seconds: 0,
  coverage: Object.fromEntries(
    Object.values(spec.clauses)
      .filter((clause) => isTestable(clause) && (clause.profiles?.includes(profile) ?? true))
      .map(({ id }) => [id, 0]),
  ),
  notApplicable: {},
  properties: {},
  counterexamples: [],
  baseline: [],
  replayed: 0,
  interrupted: false,
});
