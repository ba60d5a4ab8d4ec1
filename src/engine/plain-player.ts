import type { AnyConfiguration } from '../../spec/alphabet.ts';
import type { Implementation } from '../../spec/contract.ts';
import { DataPlayer } from './data-player.ts';
import { within } from './deadline.ts';
import { eventText } from './event-text.ts';
import type { Ask, Play, PlayedEvent } from './play.ts';
import type { Scope } from './scope.ts';

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
      const text = (): string => eventText(scope.system.spec, event);
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
    return data === undefined || data === null ? undefined : this.words(config, data, () => 'reset');
  }
}
