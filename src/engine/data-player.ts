import { AdapterError, type Implementation, type PipelinedImplementation } from '../../spec/contract.ts';
import type { AnyConfiguration, AnyEvent } from '../../spec/alphabet.ts';
import { Citations } from './citations.ts';
import { within } from './deadline.ts';
import { eventText } from './event-text.ts';
import type { Finding } from './finding.ts';
import { layoutOf } from './layout.ts';
import { ObservationError, wordsFromData } from './observation-data.ts';
import type { Ask, Play, PlayedEvent, Player } from './play.ts';
import { refinementFinding } from './refinement-finding.ts';
import type { Scope } from './scope.ts';
import { Walk, type Disagreement } from './walk.ts';

/** What the players of implementations that speak data have in common: the model walks along and judges each step. */
abstract class DataPlayer implements Player {
  readonly citations: Citations;
  /** Events that were played, and others, over all sequences. */
  played = 0;
  skipped = 0;
  abstract readonly batch: number;
  protected readonly scope: Scope;
  protected readonly walk: Walk;
  protected readonly stepTimeout: number;

  constructor(scope: Scope, stepTimeout: number) {
    this.scope = scope;
    this.stepTimeout = stepTimeout;
    this.citations = new Citations(scope.system.spec);
    this.walk = new Walk(scope.system, scope.system.model(this.citations.cite), this.citations, scope.shows);
  }

  abstract play(asks: readonly Ask[]): Promise<readonly Play[]>;

  protected words(config: AnyConfiguration, data: unknown, after: string): Uint32Array {
    const layout = layoutOf(this.scope.system.spec, config);
    const words = new Uint32Array(layout.size);
    try {
      wordsFromData(layout, data, this.scope.shows, words);
    } catch (cause) {
      if (!(cause instanceof ObservationError)) throw cause;
      throw new AdapterError('E_ADAPTER_OUTPUT', `after ${after}: ${cause.message}`, { cause });
    }
    return words;
  }

  /** Judges a step that was proposed to the walk and played. */
  protected judge(config: AnyConfiguration, step: number, event: AnyEvent, words: Uint32Array): Finding | undefined {
    const disagreement = this.walk.observe(words, true);
    if (disagreement !== undefined) return this.finding(config, step, event, disagreement);
    this.played++;
    this.citations.next(this.scope.packing.kinds.indexOf(event.kind));
    return undefined;
  }

  protected judgeReset(config: AnyConfiguration, words: Uint32Array): Finding | undefined {
    const disagreement = this.walk.observeReset(words);
    return disagreement && this.finding(config, -1, undefined, disagreement);
  }

  private finding(config: AnyConfiguration, step: number, event: AnyEvent | undefined, wrong: Disagreement): Finding {
    const { spec } = this.scope.system;
    const moment = { step, event, cited: this.citations.current(), why: this.walk.why };
    return refinementFinding(spec, layoutOf(spec, config), moment, wrong);
  }
}

/** Plays on an implementation as a person writes one: step by step, so that what was seen decides what may follow. */
export class PlainPlayer extends DataPlayer {
  readonly batch = 1;
  private readonly implementation: Implementation;
  private last: Play | undefined;

  constructor(scope: Scope, implementation: Implementation, stepTimeout: number) {
    super(scope, stepTimeout);
    this.implementation = implementation;
  }

  async play(asks: readonly Ask[]): Promise<readonly Play[]> {
    const plays: Play[] = [];
    for (const ask of asks) plays.push(await this.playOne(ask));
    return plays;
  }

  private async playOne({ sequence, after }: Ask): Promise<Play> {
    const { scope, walk } = this;
    const { config, codes } = sequence;
    const goesOn = after !== undefined && after === this.last && after.finding === undefined;
    const start = goesOn ? after.start : await this.reset(config);
    const events: PlayedEvent[] = goesOn ? [...after.events] : [];
    let finding = start && !goesOn ? this.judgeReset(config, start) : undefined;
    for (let i = events.length; i < codes.length && finding === undefined && !walk.lost; i++) {
      const code = codes[i];
      const event = scope.packing.events[code];
      walk.propose(event);
      if (walk.applies !== 'always') {
        this.skipped++;
        events.push({ code, played: false, words: undefined });
        continue;
      }
      const text = eventText(scope.system.spec, event);
      const data = await within(() => this.implementation.step(event), this.stepTimeout, text);
      const words = this.words(config, data, text);
      events.push({ code, played: true, words });
      finding = this.judge(config, i, event, words);
    }
    this.last = { sequence, start, events, ...(finding && { finding }) };
    return this.last;
  }

  private async reset(config: AnyConfiguration): Promise<Uint32Array | undefined> {
    const data = await within(() => this.implementation.reset(config), this.stepTimeout, 'reset');
    this.walk.begin(config);
    return data === undefined || data === null ? undefined : this.words(config, data, 'reset');
  }
}

/**
 * Plays on an implementation that takes many sequences at once. Which events hold is computed beforehand, with all
 * that the model leaves open: an event that may or may not hold is not played.
 */
export class PipelinedPlayer extends DataPlayer {
  readonly batch: number;
  private readonly implementation: PipelinedImplementation;

  constructor(scope: Scope, implementation: PipelinedImplementation, stepTimeout: number) {
    super(scope, stepTimeout);
    this.implementation = implementation;
    this.batch = Math.max(1, implementation.batch);
  }

  async play(asks: readonly Ask[]): Promise<readonly Play[]> {
    const { events } = this.scope.packing;
    const plans = asks.map((ask) => ({ ...ask, holds: this.plan(ask) }));
    const sequences = plans.map(({ sequence: { config, codes }, holds }) => ({
      config,
      events: holds.flatMap((held, i) => (held ? [events[codes[i]]] : [])),
    }));
    const most = this.stepTimeout * Math.max(1, sequences.length);
    const answers: unknown = await within(() => this.implementation.play(sequences), most, 'a batch of sequences');
    if (!Array.isArray(answers) || answers.length !== sequences.length) {
      const got = Array.isArray(answers) ? String(answers.length) : typeof answers;
      throw new AdapterError('E_ADAPTER_OUTPUT', `a batch of ${sequences.length} sequences was answered with ${got}`);
    }
    return plans.map((plan, i) => this.compare(plan, answers[i] as unknown));
  }

  private plan({ sequence: { config, codes } }: Ask): readonly boolean[] {
    const { walk } = this;
    walk.begin(config);
    const holds: boolean[] = [];
    for (const code of codes) {
      if (walk.lost) break;
      walk.propose(this.scope.packing.events[code]);
      holds.push(walk.applies === 'always');
      if (walk.applies === 'always') walk.follow();
    }
    return holds;
  }

  private compare({ sequence, holds }: Ask & { readonly holds: readonly boolean[] }, answer: unknown): Play {
    const { walk, scope } = this;
    const { config, codes } = sequence;
    const expected = holds.filter(Boolean).length;
    if (!Array.isArray(answer) || answer.length !== expected) {
      const got = Array.isArray(answer) ? `${answer.length} observations` : typeof answer;
      throw new AdapterError('E_ADAPTER_OUTPUT', `a sequence of ${expected} events was answered with ${got}`);
    }
    walk.begin(config);
    const events: PlayedEvent[] = [];
    let finding: Finding | undefined;
    let answered = 0;
    for (let i = 0; i < holds.length && finding === undefined; i++) {
      const code = codes[i];
      if (!holds[i]) {
        this.skipped++;
        events.push({ code, played: false, words: undefined });
        continue;
      }
      const event = scope.packing.events[code];
      const words = this.words(config, answer[answered++], eventText(scope.system.spec, event));
      events.push({ code, played: true, words });
      walk.propose(event);
      finding = this.judge(config, i, event, words);
    }
    return { sequence, start: undefined, events, ...(finding && { finding }) };
  }
}
