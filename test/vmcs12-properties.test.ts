import { describe, expect, it } from 'vitest';
import { Vmcs12Model } from '../model/vmcs12/index.ts';
import { equivalences } from '../properties/vmcs12/equivalences/index.ts';
import { vmcs12UnderCheck } from '../properties/vmcs12/index.ts';
import { laws } from '../properties/vmcs12/laws/index.ts';
import type { Model } from '../spec/contract.ts';
import { ModelImplementation, packingOf, runCampaign, underTest } from '../src/engine/index.ts';
import { configured, judgeByLaw, projected } from './vmcs12-play.ts';

const { spec, properties } = vmcs12UnderCheck;
const model = (): Model => new Vmcs12Model() as unknown as Model;
const implementation = () => new ModelImplementation(spec, model());

describe('the properties of vmcs12', () => {
  it('have names of their own', () => {
    const ids = properties.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(properties.map((property) => [property.id, property] as const))(
    '%s judges testable clauses and needs sections that exist',
    (_, { judges, needs, profiles }) => {
      expect(judges.length).toBeGreaterThan(0);
      for (const name of judges) {
        const clause = spec.clauses[name];
        expect(clause, name).toBeDefined();
        expect(clause.keyword).not.toBe('undefined');
        const shared = Object.keys(spec.profiles).filter(
          (profile) => (profiles?.includes(profile) ?? true) && (clause.profiles?.includes(profile) ?? true),
        );
        expect(shared, `${name} holds in no profile of the property`).not.toEqual([]);
      }
      for (const section of needs) expect(spec.observation).toHaveProperty(section);
    },
  );
});

describe.each(laws.map((law) => [law.id, law] as const))('%s', (_, law) => {
  const { scenario, profiles } = law;

  it.each(profiles ?? Object.keys(spec.profiles))(
    `in profile %s has something to judge: ${scenario.name}`,
    (profile) => {
      const config = configured({ profile, ...scenario.config });
      expect(spec.admits(config as never)).toBe(true);
      const { breach, moments, skipped } = judgeByLaw(law, implementation(), config as never, scenario.events);
      expect(skipped).toEqual([]);
      expect(breach).toBeUndefined();
      expect(moments).toBeGreaterThan(0);
    },
  );
});

describe.each(equivalences.map((equivalence) => [equivalence.id, equivalence] as const))('%s', (_, equivalence) => {
  const { scenario, profiles } = equivalence;

  it.each(profiles ?? Object.keys(spec.profiles))(`in profile %s compares two sides: ${scenario.name}`, (profile) => {
    const config = configured({ profile, ...scenario.config }) as never;
    expect(spec.admits(config)).toBe(true);
    const packing = packingOf(spec);
    for (const draw of [(n: number) => 0 % n, (n: number) => n - 1]) {
      const other = equivalence.variant(config, scenario.events, draw);
      if (other === undefined) continue;
      for (const event of other.events) expect(packing.code(event)).toBeGreaterThanOrEqual(0);
      const sides = [
        projected(equivalence, implementation(), config, scenario.events),
        projected(equivalence, implementation(), other.config, other.events),
      ];
      expect(sides[0]).not.toBe('');
      expect(sides[1]).toBe(sides[0]);
      // The other side is another one.
      expect({ config: other.config, events: other.events }).not.toEqual({ config, events: scenario.events });
      return;
    }
    expect.fail('the scenario has no variant');
  });
});

describe.each(Object.keys(spec.profiles))('on the model, in profile %s', { timeout: 120_000 }, (profile) => {
  it('every property holds, and has something to judge', async () => {
    const result = await runCampaign({
      system: vmcs12UnderCheck,
      iut: underTest('reference', model()),
      profile,
      seed: 2,
      runs: 300,
      lawShare: 1,
      equivalenceShare: 1,
    });
    expect([result.verdict, result.counterexamples.map(({ summary }) => summary)]).toEqual(['conforms', []]);
    for (const property of properties) {
      if (property.profiles !== undefined && !property.profiles.includes(profile)) continue;
      expect(result.properties[property.id], property.id).toBeGreaterThan(0);
    }
  });
});
