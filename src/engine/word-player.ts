import type { WordImplementation } from '../../spec/contract.ts';
import { resetWords, stepWords } from './call.ts';
import { layoutOf } from './layout.ts';
import type { Ask, Play, PlayedEvent, Player } from './play.ts';
import type { Scope } from './scope.ts';

/** Plays on an implementation in this process, which says by itself which preconditions hold: no model is asked. */
export class WordPlayer implements Player {
  readonly batch = 1;
  private readonly scope: Scope;
  private readonly implementation: WordImplementation;
  private last: Play | undefined;

  constructor(scope: Scope, implementation: WordImplementation) {
    this.scope = scope;
    this.implementation = implementation;
  }

  playOne({ sequence, after }: Ask): Play {
    const { implementation } = this;
    const goesOn = after !== undefined && after === this.last;
    const words = goesOn
      ? implementation.words
      : resetWords(implementation, sequence.config, layoutOf(this.scope.system.spec, sequence.config));
    const start = goesOn ? after.start : words.slice();
    const events: PlayedEvent[] = goesOn ? [...after.events] : [];
    for (let i = events.length; i < sequence.codes.length; i++) {
      const code = sequence.codes[i];
      const played = stepWords(implementation, code);
      events.push({ code, played, words: words.slice() });
    }
    this.last = { sequence, start, events };
    return this.last;
  }

  /** The player no longer knows where the implementation stands: somebody else played. */
  forget(): void {
    this.last = undefined;
  }

  async play(asks: readonly Ask[]): Promise<readonly Play[]> {
    return asks.map((ask) => this.playOne(ask));
  }
}
