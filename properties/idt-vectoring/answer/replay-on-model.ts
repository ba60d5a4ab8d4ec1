import type { AnyConfiguration, AnyEvent } from '../../../spec/alphabet.ts';
import type { Model, WordImplementation } from '../../../spec/contract.ts';
import { idtVectoring } from '../../../spec/idt-vectoring.ts';
import type { SystemSpec } from '../../../spec/system.ts';
import { IdtVectoringModel } from '../../../model/idt-vectoring/index.ts';
import type { ToldApart, TraceStep } from '../../../src/engine/answer/answer-result.ts';
import type { Change } from '../../../src/engine/counterexample.ts';
import { layoutOf } from '../../../src/engine/layout.ts';
import { ModelImplementation } from '../../../src/engine/model-implementation.ts';
import { Comparison, configFor, packing, type Policy } from './comparison.ts';
import type { Finding, Witness } from './tally.ts';

const spec = idtVectoring as unknown as SystemSpec;

const machine = (): WordImplementation =>
  new ModelImplementation(spec, new IdtVectoringModel() as unknown as Model) as WordImplementation;

/** Plays a sequence on the reference model under both policies: whether it shows the same, and what each event does. */
export function replayOnModel(policy: Policy, { name, broken }: Finding, { config, codes }: Witness): ToldApart {
  const comparison = new Comparison(policy, machine);
  const differs = comparison.play(config, codes);
  const last = comparison.judged.at(-1);
  const played = [...codes.slice(0, comparison.length), ...comparison.added];
  return {
    config: configFor(config, 'reinject'),
    events: played.map((code) => packing.events[code] as AnyEvent),
    length: comparison.length,
    isConfirmed: differs && last?.name === name && last.broken === broken,
    normative: trace(configFor(config, 'reinject'), played),
    other: trace(configFor(config, policy), played),
  };
}

/** What each event changes, one after the other. */
function trace(config: AnyConfiguration, codes: readonly number[]): TraceStep[] {
  const player = machine();
  const layout = layoutOf(spec, config);
  player.reset(config);
  let before = Uint32Array.from(player.words);
  return codes.map((code) => {
    const isPlayed = player.step(code);
    if (!isPlayed) return { isSkipped: true, changes: [] };
    const after = Uint32Array.from(player.words);
    const changes: Change[] = [];
    for (const [place, to] of after.entries()) {
      const from = before[place]!;
      if (from === to) continue;
      const { section, index, label, field } = layout.place(place);
      changes.push({ section, index, label, field, from, to });
    }
    before = after;
    return { isSkipped: false, changes };
  });
}
