import type { AnyConfiguration } from '../../spec/alphabet.ts';
import { Skip, type Model, type WordImplementation } from '../../spec/contract.ts';
import { resetWords, stepWords } from './call.ts';
import { Citations } from './citations.ts';
import { Expectation } from './expectation.ts';
import type { Finding } from './finding.ts';
import { layoutOf } from './layout.ts';
import { refinementFinding } from './refinement-finding.ts';
import type { Scope } from './scope.ts';
import type { Sequence } from './sequence.ts';
import { Walk, type Disagreement } from './walk.ts';

/**
 * Plays sequences on the model and on an implementation in this process, and compares all words after each event. The
 * fast path follows one possible state; where the model leaves a choice, {@link Walk} follows until one is left.
 */
export class Lockstep {
  readonly citations: Citations;
  /** Events whose precondition held, and others, over all sequences. */
  played = 0;
  skipped = 0;
  /** What was wrong with the sequence played last. */
  finding: Finding | undefined;
  private readonly scope: Scope;
  private readonly model: Model;
  private readonly expectation: Expectation;
  private readonly walk: Walk;

  constructor(scope: Scope) {
    const { system } = scope;
    this.scope = scope;
    this.citations = new Citations(system.spec);
    this.model = system.model(this.citations.cite);
    this.expectation = new Expectation(this.model, scope.shows);
    this.walk = new Walk(system, this.model, this.citations, scope.shows);
  }

  /**
   * Plays a sequence; whether every observation was one that the model allows. If not, {@link finding} says what.
   * Throws an `AdapterError` if the implementation throws or has a wrong number of words.
   */
  agrees(sequence: Sequence, implementation: WordImplementation): boolean {
    const { model, expectation, citations, scope, walk } = this;
    const { config, codes } = sequence;
    const { events } = scope.packing;
    const layout = layoutOf(scope.system.spec, config);
    this.finding = undefined;
    citations.drop();
    let state = model.initial(config);
    expectation.begin(layout);
    expectation.update(state);
    const words = resetWords(implementation, config, layout);
    if (expectation.differs(words)) return this.failsAtReset(config, words);
    citations.drop();
    let severalStates = false;
    for (let i = 0; i < codes.length; i++) {
      const code = codes[i];
      const next = severalStates ? undefined : model.step(state, events[code]);
      const played = stepWords(implementation, code);
      if (severalStates || Array.isArray(next)) {
        if (!severalStates) walk.enter(config, [state]);
        if (!this.agreesInWalk(sequence, i, played, words)) return false;
        if (walk.lost) return true;
        severalStates = walk.states.length > 1;
        if (!severalStates) expectation.update((state = walk.states[0]));
        continue;
      }
      if (next instanceof Skip) {
        if (played || expectation.differsAfterSkip(words)) return this.fails(sequence, i, state, played, words);
        this.skipped++;
      } else {
        expectation.update(next);
        if (!played || expectation.differs(words)) return this.fails(sequence, i, state, played, words);
        state = next;
        this.played++;
      }
      citations.next();
    }
    return true;
  }

  private agreesInWalk(sequence: Sequence, i: number, played: boolean, words: Uint32Array): boolean {
    const { walk } = this;
    const { events } = this.scope.packing;
    walk.propose(events[sequence.codes[i]]);
    const disagreement = walk.observe(words, played);
    if (disagreement !== undefined) return this.explain(sequence.config, i, sequence.codes[i], disagreement);
    if (played) this.played++;
    else this.skipped++;
    this.citations.next();
    return true;
  }

  private fails(sequence: Sequence, i: number, state: unknown, played: boolean, words: Uint32Array): boolean {
    this.walk.enter(sequence.config, [state]);
    return this.agreesInWalk(sequence, i, played, words);
  }

  private failsAtReset(config: AnyConfiguration, words: Uint32Array): boolean {
    this.walk.begin(config);
    return this.explain(config, -1, undefined, this.walk.observeReset(words) ?? { differs: [] });
  }

  private explain(config: AnyConfiguration, step: number, code: number | undefined, wrong: Disagreement): false {
    const { spec } = this.scope.system;
    const event = code === undefined ? undefined : this.scope.packing.events[code];
    const moment = { step, event, cited: this.citations.current(), why: this.walk.why };
    this.finding = refinementFinding(spec, layoutOf(spec, config), moment, wrong);
    return false;
  }
}
