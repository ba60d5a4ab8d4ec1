import { AdapterError } from '../../spec/contract.ts';
import { deviationKey } from './deviation-key.ts';
import { benchFor, WordBench, type DataBench } from './bench.ts';
import type { CampaignOptions } from './campaign-options.ts';
import type { AdapterFailure, BaselineOutcome, CampaignResult, Progress } from './campaign-result.ts';
import { counterexampleOf, isSuspect, judgeOne, sequenceOf, type Failure } from './counterexample-of.ts';
import type { Counterexample } from './counterexample.ts';
import { defaultStepTimeout } from './deadline.ts';
import { refinement, type Finding } from './finding.ts';
import { judgeable } from './load.ts';
import { Pace } from './pace.ts';
import { resultOf } from './result-of.ts';
import { everything, fits, scopeOf, type Scope } from './scope.ts';
import { searchData, searchWords, type Search } from './search.ts';

/** How many sequences a campaign without any limit plays. */
const defaultRuns = 10_000;

/**
 * Checks one implementation against one system: stored cases, then known deviations, then random search. What was found
 * is kept whatever ends the campaign; a broken adapter is reported, never thrown.
 */
export async function runCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const { system, iut } = options;
  const capabilities = iut.capabilities ?? everything(system);
  const profile = options.profile ?? capabilities.profiles[0] ?? Object.keys(system.spec.profiles)[0];
  const scope = scopeOf(system, profile, capabilities);
  const campaign = new Campaign(options, scope);
  const reason = campaign.obstacle();
  if (reason === undefined) await campaign.run();
  return campaign.result(reason);
}

class Campaign {
  private readonly options: CampaignOptions;
  private readonly scope: Scope;
  private readonly bench: WordBench | DataBench;
  /** Shrinking and telling have a bench of their own, so that coverage and counts are those of the search. */
  private readonly desk: WordBench | DataBench;
  private readonly pace: Pace;
  private readonly stopAfter: number;
  private readonly counterexamples: Counterexample[] = [];
  private readonly baseline: BaselineOutcome[] = [];
  private readonly staleReasons: string[] = [];
  private readonly knownDeviations = new Set<string>();
  private readonly knownClauses = new Set<string>();
  private failure: AdapterFailure | undefined;
  private replayed = 0;
  private sequences = 0;
  private phase: Progress['phase'] = 'corpus';
  private done = 0;

  constructor(options: CampaignOptions, scope: Scope) {
    const { iut, stepTimeout = defaultStepTimeout } = options;
    this.options = options;
    this.scope = scope;
    this.bench = benchFor(scope, iut, stepTimeout);
    this.desk = benchFor(scope, iut, stepTimeout);
    this.stopAfter = options.stopAfter ?? 1;
    this.pace = new Pace(options.signal, () => options.onProgress?.(this.progress()));
  }

  /** Why nothing can be played, if so. */
  obstacle(): string | undefined {
    const { scope, options } = this;
    const { iut, system } = options;
    const capabilities = iut.capabilities ?? everything(system);
    if (!capabilities.profiles.includes(scope.profile)) return `${iut.name} does not play profile ${scope.profile}`;
    if (scope.kinds.length === 0) return 'no event of the profile can be played';
    if (scope.shows.size === 0) return 'no section of the observation is shown';
    if (scope.space.simplest() === undefined) return 'no configuration of the profile is supported';
    return undefined;
  }

  async run(): Promise<void> {
    try {
      const failures = await this.replayCorpus();
      await this.replayBaseline();
      for (const failure of failures) await this.report(failure);
      this.phase = 'search';
      if (!this.ended) await this.search();
    } catch (cause) {
      if (!(cause instanceof AdapterError)) throw cause;
      this.failure = { code: cause.code, message: cause.message };
    }
    this.pace.report();
  }

  result(reason: string | undefined): CampaignResult {
    return resultOf({
      options: this.options,
      scope: this.scope,
      bench: this.bench,
      applicable: reason === undefined,
      reason: reason ?? this.staleReasons.join('; '),
      sequences: this.sequences,
      seconds: this.pace.seconds(),
      counterexamples: this.counterexamples,
      failure: this.failure,
      baseline: this.baseline,
      replayed: this.replayed,
      interrupted: this.pace.interrupted,
    });
  }

  private get ended(): boolean {
    return this.counterexamples.length >= this.stopAfter || this.pace.interrupted;
  }

  private readonly isNews = (finding: Finding): boolean =>
    !this.knownClauses.has(finding.clause) && !this.knownDeviations.has(deviationKey(finding));

  private async replayCorpus(): Promise<readonly Failure[]> {
    const { scope, options, bench } = this;
    const failures: Failure[] = [];
    for (const stored of options.corpus ?? []) {
      if (stored.system !== scope.system.spec.name || !fits(scope, stored.config, stored.events)) continue;
      if (await this.pace.rest()) break;
      const sequence = sequenceOf(scope, stored);
      const { finding, play } = await judgeOne(scope, bench, sequence, stored.property ?? refinement);
      this.replayed++;
      if (finding !== undefined) failures.push({ sequence, finding, foundAfter: this.replayed, ...(play && { play }) });
    }
    return failures;
  }

  private async replayBaseline(): Promise<void> {
    const { scope, options, desk } = this;
    for (const { id, case: stored } of options.baseline ?? []) {
      if (stored.system !== scope.system.spec.name || !fits(scope, stored.config, stored.events)) continue;
      if (await this.pace.rest()) break;
      const { finding } = await judgeOne(scope, desk, sequenceOf(scope, stored), stored.property ?? refinement);
      const occurs = finding !== undefined && (stored.clause === undefined || isSuspect(finding, stored.clause));
      this.baseline.push({ id, outcome: occurs ? 'occurs' : 'stale' });
      if (occurs) {
        this.knownDeviations.add(deviationKey(finding));
      } else {
        const instead = finding === undefined ? '' : ` (its case breaks ${finding.clause} instead)`;
        this.staleReasons.push(`known deviation '${id}' no longer occurs${instead}`);
      }
    }
  }

  private async search(): Promise<void> {
    const { options, scope, bench, pace } = this;
    const { seconds } = options;
    const started = pace.seconds();
    const runs = options.runs ?? (seconds === undefined ? defaultRuns : Infinity);
    const search: Search = {
      options,
      scope,
      runs,
      properties: judgeable(scope),
      isNews: this.isNews,
      wanted: () => this.stopAfter - this.counterexamples.length,
      count: (sequences) => {
        this.sequences += sequences;
        const used = seconds === undefined ? 0 : (pace.seconds() - started) / seconds;
        const share = runs / (options.worker?.of ?? 1) || 1;
        this.done = Math.min(1, Math.max(used, this.sequences / share));
      },
      over: async () => (await pace.rest()) || (seconds !== undefined && pace.seconds() - started >= seconds),
    };
    const batches = bench instanceof WordBench ? searchWords(search, bench) : searchData(search, bench);
    for await (const failures of batches) {
      for (const failure of failures) await this.report(failure);
      if (this.ended) return;
    }
  }

  /** Shrinks and tells a failure, unless it turns out to be known. */
  private async report(failure: Failure): Promise<void> {
    if (this.counterexamples.length >= this.stopAfter || !this.isNews(failure.finding)) return;
    const { phase } = this;
    const foundSeconds = this.pace.seconds();
    this.phase = 'shrink';
    this.pace.report();
    const { scope, desk, options, pace } = this;
    const told = await counterexampleOf(scope, desk, options.iut.name, failure, () => pace.rest());
    // A long sequence may show more words wrong than the shrunk one, by which a known deviation is recognised.
    if (this.isNews(told.shown) && !this.knownClauses.has(told.finding.clause)) {
      this.counterexamples.push({ ...told.counterexample, foundSeconds });
      this.knownClauses.add(told.finding.clause).add(told.shown.clause);
    } else {
      this.knownDeviations.add(deviationKey(failure.finding));
    }
    this.phase = phase;
  }

  private progress(): Progress {
    const { scope, bench } = this;
    return {
      system: scope.system.spec.name,
      phase: this.phase,
      sequences: this.sequences,
      events: bench.played,
      seconds: this.pace.seconds(),
      clausesReached: scope.clauses.filter(({ name }) => bench.citations.count(name) > 0).length,
      clausesTotal: scope.clauses.length,
      done: this.done,
      violations: this.counterexamples.length,
    };
  }
}
