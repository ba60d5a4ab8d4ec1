import { describe, expect, it } from 'vitest';
import { Vmcs12Model } from '../model/vmcs12/index.ts';
import { alphabet } from '../spec/vmcs12/alphabet.ts';
import { Generator, trace } from './vmcs12/random.ts';

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
});
