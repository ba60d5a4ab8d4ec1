import type { WordImplementation } from '../../spec/contract.ts';
import type { Citations } from './citations.ts';
import type { Finding } from './finding.ts';
import { judgeProperties } from './judge-properties.ts';
import type { IsNews } from './judgement.ts';
import type { Load } from './load.ts';
import { Lockstep } from './lockstep.ts';
import { ModelImplementation } from './model-implementation.ts';
import { PipelinedPlayer } from './pipelined-player.ts';
import { PlainPlayer } from './plain-player.ts';
import type { Ask, Play } from './play.ts';
import type { Scope } from './scope.ts';
import type { Sequence } from './sequence.ts';
import { Tally } from './tally.ts';
import type { UnderTest } from './under-test.ts';
import { WordPlayer } from './word-player.ts';

/** What became of a sequence. */
export interface Judged {
  /** What is wrong with it and news. */
  readonly finding?: Finding;
  /** The play that showed it, where it was kept. */
  readonly play?: Play;
}

/** Where an implementation and the model are put side by side. */
export interface Bench {
  /** Sequences that are best judged together. */
  readonly batch: number;
  readonly citations: Citations;
  readonly tally: Tally;
  /** Events whose precondition held, and others, in the judging of refinement. */
  readonly played: number;
  readonly skipped: number;
  /** Judges sequences, each by its load. Throws an `AdapterError`. */
  judge(sequences: readonly Sequence[], loads: readonly Load[], isNews: IsNews): Promise<readonly Judged[]>;
  /** Plays a sequence and keeps what is seen. Throws an `AdapterError`. */
  play(sequence: Sequence): Promise<Play>;
}

/** A bench for implementations in this process, which judges at once. */
export class WordBench implements Bench {
  readonly batch = 1;
  readonly tally = new Tally();
  private readonly scope: Scope;
  private readonly implementation: WordImplementation;
  private readonly lockstep: Lockstep;
  private readonly player: WordPlayer;

  constructor(scope: Scope, implementation: WordImplementation) {
    this.scope = scope;
    this.implementation = implementation;
    this.lockstep = new Lockstep(scope);
    this.player = new WordPlayer(scope, implementation);
  }

  get citations(): Citations {
    return this.lockstep.citations;
  }

  get played(): number {
    return this.lockstep.played;
  }

  get skipped(): number {
    return this.lockstep.skipped;
  }

  judgeNow(sequence: Sequence, load: Load, isNews: IsNews): Finding | undefined {
    const { lockstep, player, scope, tally } = this;
    player.forget();
    if (!lockstep.agrees(sequence, this.implementation)) {
      const { finding } = lockstep;
      // What is known already spoils the rest of the sequence.
      return finding !== undefined && isNews(finding) ? finding : undefined;
    }
    if (load.laws.length === 0 && load.equivalences.length === 0) return undefined;
    const judging = judgeProperties({ scope, load, tally, isNews }, player.playOne({ sequence }));
    let turn = judging.next();
    while (turn.done !== true) turn = judging.next(player.playOne(turn.value));
    return turn.value;
  }

  async judge(sequences: readonly Sequence[], loads: readonly Load[], isNews: IsNews): Promise<readonly Judged[]> {
    return sequences.map((sequence, i) => {
      const finding = this.judgeNow(sequence, loads[i], isNews);
      return finding === undefined ? {} : { finding };
    });
  }

  /** Plays a sequence without the model. */
  playNow(sequence: Sequence): Play {
    return this.player.playOne({ sequence });
  }

  async play(sequence: Sequence): Promise<Play> {
    return this.playNow(sequence);
  }
}

/** A bench for implementations that speak data: what the judgings of a window ask for is played together. */
export class DataBench implements Bench {
  readonly tally = new Tally();
  private readonly scope: Scope;
  private readonly player: PlainPlayer | PipelinedPlayer;

  constructor(scope: Scope, player: PlainPlayer | PipelinedPlayer) {
    this.scope = scope;
    this.player = player;
  }

  get batch(): number {
    return this.player.batch;
  }

  get citations(): Citations {
    return this.player.citations;
  }

  get played(): number {
    return this.player.played;
  }

  get skipped(): number {
    return this.player.skipped;
  }

  async judge(sequences: readonly Sequence[], loads: readonly Load[], isNews: IsNews): Promise<readonly Judged[]> {
    const plays = await this.player.play(sequences.map((sequence) => ({ sequence })));
    const judged: Judged[] = plays.map(({ finding }) => (finding !== undefined && isNews(finding) ? { finding } : {}));
    const judgings = plays.map((play, i) => {
      const { scope, tally } = this;
      return play.finding === undefined ? judgeProperties({ scope, load: loads[i], tally, isNews }, play) : undefined;
    });
    let answers = new Map<number, Play | undefined>(plays.map((_, i) => [i, undefined]));
    while (answers.size > 0) {
      const asks = new Map<number, Ask>();
      for (const [i, answer] of answers) {
        // The first `next` of a coroutine takes no answer.
        const turn = judgings[i]?.next(answer as Play);
        if (turn === undefined) continue;
        if (turn.done !== true) asks.set(i, turn.value);
        else if (turn.value !== undefined) judged[i] = { finding: turn.value };
      }
      const played = asks.size === 0 ? [] : await this.player.play([...asks.values()]);
      answers = new Map([...asks.keys()].map((i, n) => [i, played[n]]));
    }
    return judged.map((one, i) => (one.finding === undefined ? one : { ...one, play: plays[i] }));
  }

  async play(sequence: Sequence): Promise<Play> {
    const [play] = await this.player.play([{ sequence }]);
    return play!;
  }
}

/** The bench that fits an implementation. */
export function benchFor(scope: Scope, iut: UnderTest, stepTimeout: number): WordBench | DataBench {
  switch (iut.kind) {
    case 'words':
      return new WordBench(scope, iut.implementation);
    case 'model':
      return new WordBench(scope, new ModelImplementation(scope.system.spec, iut.implementation));
    case 'plain':
      return new DataBench(scope, new PlainPlayer(scope, iut.implementation, stepTimeout));
    case 'pipelined':
      return new DataBench(scope, new PipelinedPlayer(scope, iut.implementation, stepTimeout));
  }
}
