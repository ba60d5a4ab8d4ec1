import { describe, expect, it } from 'vitest';
import { Vmcs12Model } from '../model/vmcs12/index.ts';
import { alphabet } from '../spec/vmcs12/alphabet.ts';
import { mistakes } from './vmcs12/mistakes.ts';
import { Generator, trace, withTimer } from './vmcs12/random.ts';

describe('the machine with L0', () => {
  it('shows what the machine without it shows, in every word that is defined', { timeout: 60_000 }, () => {
    const model = new Vmcs12Model();
    const generator = new Generator(1);
    let compared = 0;
    let ofL0 = 0;
    for (let run = 0; run < 2000; run++) {
      const { config, events } = generator.sequence(model, 'nested', 40);
      const bareEvents = events.filter(({ kind }) => alphabet[kind].by !== 'l0');
      const nested = trace(model, config, events).filter((_, place) => alphabet[events[place].kind].by !== 'l0');
      const bare = trace(model, { ...config, profile: 'bare' }, bareEvents);
      const differs = bare.findIndex((words, place) => words !== nested[place]);
      expect(bareEvents[differs], `sequence ${run}, event ${differs}`).toBeUndefined();
      compared += bare.length;
      ofL0 += events.length - bare.length;
    }
    expect(compared).toBeGreaterThan(70_000);
    expect(ofL0).toBeGreaterThan(1500);
  });

  it(
    'no longer does if one of its rules is that of the patch of 2010, or of a later mistake',
    { timeout: 60_000 },
    () => {
      const model = new Vmcs12Model();
      const generator = new Generator(2);
      const drawn = Array.from({ length: 500 }, () => generator.sequence(model, 'nested', 40));
      const sequences = [...withTimer, ...drawn].map(({ config, events }) => {
        return { config, events, right: trace(model, config, events) };
      });
      const unseen = Object.entries(mistakes).filter(([, parts]) => {
        const wrong = new Vmcs12Model({ parts });
        return sequences.every(({ config, events, right }) =>
          trace(wrong, config, events).every((words, place) => words === right[place]),
        );
      });
      expect(unseen.map(([name]) => name)).toEqual([]);
    },
  );
});
