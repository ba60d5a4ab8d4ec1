import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { AnyConfiguration } from '../spec/alphabet.ts';
import { Skip, type Model, type WordImplementation } from '../spec/contract.ts';
import { packingOf, scopeOf, type SystemUnderCheck } from '../src/engine/index.ts';

interface Box {
  state: unknown;
}

/**
 * The same lockstep as a user of fast-check would write it: one command per event, `fc.commands` and `fc.modelRun`, and
 * `deepEqual` on what both sides show. Counts what it plays in `played`.
 */
export function commandsProperty(
  system: SystemUnderCheck,
  profile: string,
  implementation: WordImplementation,
  length: number,
): { run(seed: number, sequences: number): void; readonly played: number; readonly skipped: number } {
  const packing = packingOf(system.spec);
  const { kinds } = scopeOf(system, profile);
  const model: Model = system.model(() => undefined);
  const config = configurationOf(system, profile);
  const counter = { played: 0, skipped: 0 };

  class EventCommand implements fc.Command<Box, WordImplementation> {
    readonly code: number;
    constructor(code: number) {
      this.code = code;
    }
    check = (): boolean => true;
    run(box: Box, real: WordImplementation): void {
      const next = model.step(box.state, packing.events[this.code]!);
      const played = real.step(this.code);
      assert.equal(played, !(next instanceof Skip));
      if (next instanceof Skip) {
        counter.skipped++;
        return;
      }
      box.state = next;
      counter.played++;
      assert.deepEqual(Array.from(real.words), shown(model, box.state, config, system));
    }
    toString(): string {
      return JSON.stringify(packing.events[this.code]);
    }
  }

  const commands = kinds.map((kind) =>
    fc.integer({ min: packing.first[kind]!, max: packing.first[kind + 1]! - 1 }).map((code) => new EventCommand(code)),
  );
  const property = fc.property(fc.commands(commands, { maxCommands: length, size: 'max' }), (sequence) => {
    implementation.reset(config);
    fc.modelRun(() => ({ model: { state: model.initial(config) }, real: implementation }), sequence);
  });
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

/** The default configuration of a profile. */
export function configurationOf({ spec }: SystemUnderCheck, profile: string): AnyConfiguration {
  const config = Object.entries(spec.configuration).map(([name, { values }]) => [
    name,
    spec.profiles[profile]!.limits[name]?.[0] ?? values[0]!,
  ]);
  return Object.fromEntries(config) as AnyConfiguration;
}

function shown(model: Model, state: unknown, config: AnyConfiguration, { spec }: SystemUnderCheck): number[] {
  const words: number[] = [];
  Object.values(spec.observation).forEach((section, s) => {
    const count = (section.count as (config: AnyConfiguration) => number)(config);
    const view = model.views[s]!;
    for (let i = 0; i < count; i++) words.push(...view.words(view.part(state, i)));
  });
  return words.map((word) => word >>> 0);
}
