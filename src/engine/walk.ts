import type { AnyConfiguration, AnyEvent } from '../../spec/alphabet.ts';
import { Skip, type Model } from '../../spec/contract.ts';
import type { Citations } from './citations.ts';
import type { Difference } from './counterexample.ts';
import { differencesFrom } from './difference.ts';
import { Expectation } from './expectation.ts';
import { layoutOf, type Layout } from './layout.ts';
import { sameState } from './same-state.ts';
import type { SystemUnderCheck } from './system-under-check.ts';

/** Possible states at the most; a walk that needs more has lost track, and its sequence is not judged any further. */
export const possibleStates = 64;

/** What was seen of one event disagrees with every possible state. */
export interface Disagreement {
  readonly differs: readonly Difference[];
  /** The implementation played an event whose precondition does not hold, or did not play one whose does. */
  readonly precondition?: 'played' | 'skipped';
}

/**
 * Follows an implementation with the model, as the set of states that agree with all that was observed. An event is
 * first proposed, then it is observed, or followed unseen, or left out.
 */
export class Walk {
  /** The possible states: one, where the architecture leaves no choice. */
  states: readonly unknown[] = [];
  /** Whether the proposed event holds in no possible state, in all, or in some of them only. */
  applies: 'never' | 'always' | 'sometimes' = 'always';
  /** Why it does not hold, where it does not. */
  why = '';
  readonly citations: Citations;
  private readonly system: SystemUnderCheck;
  private readonly model: Model;
  private readonly expectation: Expectation;
  private layout: Layout | undefined;
  private stays: unknown[] = [];
  private moves: unknown[] = [];

  constructor(system: SystemUnderCheck, model: Model, citations: Citations, shows: ReadonlySet<string>) {
    this.system = system;
    this.model = model;
    this.citations = citations;
    this.expectation = new Expectation(model, shows);
  }

  /** Begins a sequence. */
  begin(config: AnyConfiguration): void {
    this.citations.drop();
    this.enter(config, [this.model.initial(config)]);
  }

  /** Goes on from known states. */
  enter(config: AnyConfiguration, states: readonly unknown[]): void {
    this.layout = layoutOf(this.system.spec, config);
    this.expectation.begin(this.layout);
    this.states = states;
  }

  /** Compares the observation after reset. */
  observeReset(observed: Uint32Array): Disagreement | undefined {
    this.expectation.update(this.states[0]);
    if (!this.expectation.differs(observed)) return undefined;
    return { differs: this.differences(this.states, observed) };
  }

  /** Computes what an event does in each possible state; the citations are those of the event then. */
  propose(event: AnyEvent): void {
    this.citations.drop();
    this.stays = [];
    this.moves = [];
    this.why = '';
    for (const state of this.states) {
      const next = this.model.step(state, event);
      if (next instanceof Skip) {
        this.stays.push(state);
        this.why = next.why;
      } else if (Array.isArray(next)) {
        this.moves.push(...(next as readonly unknown[]));
      } else {
        this.moves.push(next);
      }
    }
    this.applies = this.moves.length === 0 ? 'never' : this.stays.length === 0 ? 'always' : 'sometimes';
  }

  /** The states that the proposed event may lead to, where it holds. */
  get successors(): readonly unknown[] {
    return this.moves;
  }

  /** The proposed event was played, and nobody looked. */
  follow(): void {
    this.states = distinct(this.moves);
  }

  /** The proposed event was given to the implementation, which played or skipped it. */
  observe(observed: Uint32Array, played: boolean): Disagreement | undefined {
    const { expectation } = this;
    const possible = played ? this.moves : this.stays;
    if (possible.length === 0) {
      const other = played ? this.stays : this.moves;
      return { differs: this.differences(other, observed), precondition: played ? 'played' : 'skipped' };
    }
    const agree = possible.filter((state) => {
      expectation.update(state);
      return played ? !expectation.differs(observed) : !expectation.differsAfterSkip(observed);
    });
    if (agree.length > 0) {
      this.states = distinct(agree);
      return undefined;
    }
    const differs = this.differences(possible, observed);
    return { differs: played ? differs : differs.filter((word) => word.observed !== 0) };
  }

  /** Whether so many states are possible that the rest of the sequence says nothing. */
  get lost(): boolean {
    return this.states.length > possibleStates;
  }

  private differences(states: readonly unknown[], observed: Uint32Array): Difference[] {
    return differencesFrom(this.layout!, states, this.expectation, observed);
  }
}

function distinct(states: readonly unknown[]): readonly unknown[] {
  if (states.length === 1 || states.length > 4 * possibleStates) return states;
  return states.filter((state, i) => !states.slice(0, i).some((earlier) => sameState(earlier, state)));
}
