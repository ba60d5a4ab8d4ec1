import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { AnyConfiguration } from '../spec/alphabet.ts';
import { Skip, type Model, type WordImplementation } from '../spec/contract.ts';
import type { ObservationData } from '../spec/observation.ts';
import { dataFromWords, layoutOf, packingOf, scopeOf, type SystemUnderCheck } from '../src/engine/index.ts';

interface Box {
  state: unknown;
}

/** The other side of the comparison, with counts of what it played. */
export interface CommandsRunner {
  run(seed: number, sequences: number): void;
  /** Events whose precondition held, so far. */
  readonly played: number;
  readonly skipped: number;
}

/**
 * The same lockstep as a user of fast-check would write it: one command per event, `fc.commands` and `fc.modelRun`, and
 * `deepEqual` on what both sides show as plain data, in the same configurations as the suite draws.
 */
export function commandsRunner(
  system: SystemUnderCheck,
  profile: string,
  implementation: WordImplementation,
  configurations: readonly AnyConfiguration[],
): CommandsRunner {
  const packing = packingOf(system.spec);
  const { kinds } = scopeOf(system, profile);
  const model: Model = system.model(() => undefined);
  const counter = { played: 0, skipped: 0 };
  let config = configurations[0];

  class EventCommand implements fc.Command<Box, WordImplementation> {
    readonly code: number;
    constructor(code: number) {
      this.code = code;
    }
    check = (): boolean => true;
    run(box: Box, real: WordImplementation): void {
      const next = model.step(box.state, packing.events[this.code]);
      const played = real.step(this.code);
      assert.equal(played, !(next instanceof Skip));
      if (next instanceof Skip) {
        counter.skipped++;
        return;
      }
      box.state = Array.isArray(next) ? next[0] : next;
      counter.played++;
      const expected = dataOf(system, config, wordsOf(model, box.state, config, system));
      const observed = dataOf(system, config, real.words);
      if (!Array.isArray(next)) assert.deepEqual(observed, expected);
    }
    toString(): string {
      return JSON.stringify(packing.events[this.code]);
    }
  }

  const commands = kinds.map((kind) =>
    fc.integer({ min: packing.first[kind], max: packing.first[kind + 1] - 1 }).map((code) => new EventCommand(code)),
  );
  const property = fc.property(
    fc.constantFrom(...configurations),
    fc.commands(commands, { maxCommands: system.length, size: 'max' }),
    (drawn, sequence) => {
      config = drawn;
      implementation.reset(drawn);
      fc.modelRun(() => ({ model: { state: model.initial(drawn) }, real: implementation }), sequence);
    },
  );
  return {
    run: (seed, sequences) => fc.assert(property, { seed, numRuns: sequences }),
    get played() {
      return counter.played;
    },
    get skipped() {
      return counter.skipped;
    },
  };
}

const dataOf = (system: SystemUnderCheck, config: AnyConfiguration, words: Uint32Array): ObservationData =>
  dataFromWords(layoutOf(system.spec, config), words);

function wordsOf(model: Model, state: unknown, config: AnyConfiguration, { spec }: SystemUnderCheck): Uint32Array {
  const words: number[] = [];
  Object.values(spec.observation).forEach((section, s) => {
    const count = (section.count as (config: AnyConfiguration) => number)(config);
    const view = model.views[s];
    for (let i = 0; i < count; i++) words.push(...view.words(view.part(state, i)));
  });
  return Uint32Array.from(words);
}
