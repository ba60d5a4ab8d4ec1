import { AdapterError, type PipelinedImplementation } from '../../spec/contract.ts';
import { DataPlayer } from './data-player.ts';
import { within } from './deadline.ts';
import { eventText } from './event-text.ts';
import type { Finding } from './finding.ts';
import type { Ask, Play, PlayedEvent } from './play.ts';
import type { Scope } from './scope.ts';
import type { Sequence } from './sequence.ts';

/** A sequence and which of its events are played. */
interface Plan {
  readonly sequence: Sequence;
  readonly holds: readonly boolean[];
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
    const plans = asks.map(({ sequence }) => this.plan(sequence));
    let answers: readonly unknown[];
    try {
      answers = await this.answers(plans);
    } catch (cause) {
      if (!(cause instanceof AdapterError) || cause.code !== 'E_ADAPTER_THREW') throw cause;
      const plays: Play[] = [];
      for (const plan of plans) plays.push(await this.playAlone(plan));
      return plays;
    }
    return plans.map((plan, i) => this.compare(plan, answers[i]));
  }

  /**
   * An implementation that deviates may not be able to go on, since what follows holds for the model and no longer for
   * it. What it shows up to there counts; only if that is what the model allows, the adapter is broken.
   */
  private async playAlone(plan: Plan): Promise<Play> {
    const whole = await this.attempt(plan, plan.holds.length);
    if (!(whole instanceof AdapterError)) return whole;
    let least = 0;
    let most = plan.holds.length - 1;
    while (least < most) {
      const middle = (least + most + 1) >> 1;
      const part = await this.attempt(plan, middle);
      if (part instanceof AdapterError) most = middle - 1;
      else if (part.finding === undefined) least = middle;
      else return part;
    }
    throw whole;
  }

  /** Plays the first events of a plan alone; gives what an implementation throws over it. */
  private async attempt({ sequence, holds }: Plan, events: number): Promise<Play | AdapterError> {
    const part = { sequence, holds: holds.slice(0, events) };
    try {
      const [answer] = await this.answers([part]);
      return this.compare(part, answer);
    } catch (cause) {
      if (cause instanceof AdapterError && cause.code === 'E_ADAPTER_THREW') return cause;
      throw cause;
    }
  }

  private async answers(plans: readonly Plan[]): Promise<readonly unknown[]> {
    const { events } = this.scope.packing;
    const sequences = plans.map(({ sequence: { config, codes }, holds }) => ({
      config,
      events: holds.flatMap((held, i) => (held ? [events[codes[i]]] : [])),
    }));
    const most = this.stepTimeout * Math.max(1, sequences.length);
    const answers: unknown = await within(
      () => this.implementation.play(sequences),
      most,
      () => 'a batch of sequences',
    );
    if (!Array.isArray(answers) || answers.length !== sequences.length) {
      const got = Array.isArray(answers) ? String(answers.length) : typeof answers;
      throw new AdapterError('E_ADAPTER_OUTPUT', `a batch of ${sequences.length} sequences was answered with ${got}`);
    }
    return answers;
  }

  private plan(sequence: Sequence): Plan {
    const { walk } = this;
    walk.begin(sequence.config);
    const holds: boolean[] = [];
    for (const code of sequence.codes) {
      if (walk.lost) break;
      walk.propose(this.scope.packing.events[code]);
      holds.push(walk.applies === 'always');
      if (walk.applies === 'always') walk.follow();
    }
    return { sequence, holds };
  }

  private compare({ sequence, holds }: Plan, answer: unknown): Play {
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
      const words = this.words(config, answer[answered++], () => eventText(scope.system.spec, event));
      events.push({ code, played: true, words });
      walk.propose(event);
      finding = this.judge(config, i, event, words);
    }
    return { sequence, start: undefined, events, ...(finding && { finding }) };
  }
}
