import type { AnyConfiguration, AnyEvent } from '../../spec/alphabet.ts';
import type { Implementation, PipelinedImplementation, WordImplementation } from '../../spec/contract.ts';
import type { ObservationData } from '../../spec/observation.ts';
import { layoutOf } from '../../src/engine/layout.ts';
import { dataFromWords } from '../../src/engine/observation-data.ts';
import { packingOf } from '../../src/engine/packing-of.ts';
import { toy } from './spec.ts';

/** A word implementation as a person would write one; `later` answers by promises, `sections` shows a part only. */
export function plainToy(
  words: WordImplementation,
  { later = false, sections }: { readonly later?: boolean; readonly sections?: readonly string[] } = {},
): Implementation {
  const shows = sections && new Set(sections);
  let config: AnyConfiguration = {};
  const seen = (): ObservationData | Promise<ObservationData> => {
    const data = dataFromWords(layoutOf(toy, config), words.words, shows);
    return later ? Promise.resolve(data) : data;
  };
  return {
    reset(chosen) {
      config = chosen;
      words.reset(chosen);
      return seen();
    },
    step(event) {
      if (!words.step(packingOf(toy).code(event))) throw new Error(`${event.kind} does not hold`);
      return seen();
    },
  };
}

/** A word implementation behind a batch interface; counts the batches. */
export function pipelinedToy(words: WordImplementation, batch: number): PipelinedImplementation & { batches: number } {
  const plain = plainToy(words);
  return {
    batch,
    batches: 0,
    async play(sequences: readonly { readonly config: AnyConfiguration; readonly events: readonly AnyEvent[] }[]) {
      this.batches++;
      const answers: ObservationData[][] = [];
      for (const { config, events } of sequences) {
        await plain.reset(config);
        const seen: ObservationData[] = [];
        for (const event of events) seen.push(await plain.step(event));
        answers.push(seen);
      }
      return answers;
    },
  };
}
