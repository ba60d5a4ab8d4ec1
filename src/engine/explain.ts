import { Citations } from './citations.ts';
import type { Change, CounterexampleStep, Difference } from './counterexample.ts';
import { Expectation } from './expectation.ts';
import { layoutOf, type Layout } from './layout.ts';
import type { Play } from './play.ts';
import type { Scope } from './scope.ts';
import { Walk } from './walk.ts';

/** A play told step by step, up to the first step that the model does not allow. */
export interface Explanation {
  /** Where the observation after reset differs. */
  readonly reset: readonly Difference[];
  readonly steps: readonly CounterexampleStep[];
  /** Whether the model allows all of it. */
  readonly agrees: boolean;
}

/**
 * Tells a play beside the model: what each event may change, what was seen instead, which clauses decided.
 *
 * @param events events of the sequence itself; what comes after them drained it
 */
export function explain(scope: Scope, play: Play, events: number): Explanation {
  const { system, packing, shows } = scope;
  const { config } = play.sequence;
  const citations = new Citations(system.spec);
  const model = system.model(citations.cite);
  const walk = new Walk(system, model, citations, shows);
  const expectation = new Expectation(model, shows);
  const layout = layoutOf(system.spec, config);
  walk.begin(config);
  const reset = play.start && walk.observeReset(play.start)?.differs;
  if (reset !== undefined) return { reset, steps: [], agrees: false };
  expectation.begin(layout);
  const steps: CounterexampleStep[] = [];
  for (const [i, { code, played, words }] of play.events.entries()) {
    const event = packing.events[code];
    const before = snapshot(expectation, walk.states[0]);
    walk.propose(event);
    const successors = walk.successors;
    const wrong = words && walk.observe(words, played);
    const told = { event, ...(i >= events && { drained: true }) };
    if (!played && wrong === undefined) {
      steps.push({ ...told, skipped: walk.why, allowed: [], differs: [], clauses: [] });
      continue;
    }
    const after = wrong === undefined ? walk.states[0] : (successors[0] ?? walk.states[0]);
    const allowed = changes(layout, before, snapshot(expectation, after), expectation.defined);
    const clauses = citations.current().map((name) => system.spec.clauses[name].id);
    const skipped = played && wrong?.precondition === undefined ? {} : { skipped: walk.why };
    steps.push({ ...told, ...(walk.why !== '' && skipped), allowed, differs: wrong?.differs ?? [], clauses });
    if (wrong !== undefined) return { reset: [], steps, agrees: false };
  }
  return { reset: [], steps, agrees: true };
}

function snapshot(expectation: Expectation, state: unknown): Uint32Array {
  expectation.update(state);
  return expectation.words.slice();
}

function changes(layout: Layout, before: Uint32Array, after: Uint32Array, defined: Uint32Array): Change[] {
  return [...after.keys()]
    .filter((i) => ((before[i] ^ after[i]) & defined[i]) !== 0)
    .map((i) => {
      const { section, index, label, field } = layout.place(i);
      return { section, index, label, field, from: before[i], to: after[i] };
    });
}
