import { AdapterError } from '../../spec/contract.ts';
import type { AnyConfiguration, AnyEvent } from '../../spec/alphabet.ts';
import { Citations } from './citations.ts';
import type { Finding } from './finding.ts';
import { layoutOf } from './layout.ts';
import { ObservationError, wordsFromData } from './observation-data.ts';
import type { Ask, Play, Player } from './play.ts';
import { refinementFinding } from './refinement-finding.ts';
import type { Scope } from './scope.ts';
import { Walk, type Disagreement } from './walk.ts';

/** What the players of implementations that speak data have in common: the model walks along and judges each step. */
export abstract class DataPlayer implements Player {
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

  protected words(config: AnyConfiguration, data: unknown, after: () => string): Uint32Array {
    const layout = layoutOf(this.scope.system.spec, config);
    const words = new Uint32Array(layout.size);
    try {
      wordsFromData(layout, data, this.scope.shows, words);
    } catch (cause) {
      if (!(cause instanceof ObservationError)) throw cause;
      throw new AdapterError('E_ADAPTER_OUTPUT', `after ${after()}: ${cause.message}`, { cause });
    }
    return words;
  }

  /** Judges a step that was proposed to the walk and played. */
  protected judge(config: AnyConfiguration, step: number, event: AnyEvent, words: Uint32Array): Finding | undefined {
    const disagreement = this.walk.observe(words, true);
    if (disagreement !== undefined) return this.finding(config, step, event, disagreement);
    this.played++;
    this.citations.next();
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
