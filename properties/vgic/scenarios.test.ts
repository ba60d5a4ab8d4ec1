import { describe, expect, it } from 'vitest';
import { vgic } from '../../spec/vgic.ts';
import { packingOf } from '../../src/engine/index.ts';
import { OptimizedVgic } from '../../src/optimized/index.ts';
import { configured, judgeByLaw, projected } from '../../test/vgic-play.ts';
import { equivalences } from './equivalences/index.ts';
import { vgicUnderCheck } from './index.ts';
import { laws } from './laws/index.ts';

const implementation = () => new OptimizedVgic() as never;

describe('the properties of vgic', () => {
  it('have names of their own', () => {
    const ids = vgicUnderCheck.properties.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(vgicUnderCheck.properties.map((property) => [property.id, property] as const))(
    '%s judges testable clauses and needs sections that exist',
    (_, { judges, needs, profiles }) => {
      expect(judges.length).toBeGreaterThan(0);
      for (const name of judges) {
        expect(vgic.clauses, name).toHaveProperty(name);
        const clause: (typeof vgic.clauses)[keyof typeof vgic.clauses] = vgic.clauses[name as never];
        expect(clause.keyword).not.toBe('undefined');
        const shared = Object.keys(vgic.profiles).filter(
          (profile) => (profiles?.includes(profile) ?? true) && (clause.profiles?.includes(profile) ?? true),
        );
        expect(shared, `${name} holds in no profile of the property`).not.toEqual([]);
      }
      for (const section of needs) expect(vgic.observation).toHaveProperty(section);
    },
  );
});

describe.each(laws.map((law) => [law.id, law] as const))('%s', (_, law) => {
  const { scenario, profiles = ['kvm'] } = law;
  const config = configured({ profile: profiles[0], ...scenario.config });

  it(`has something to judge: ${scenario.name}`, () => {
    expect(vgic.admits(config)).toBe(true);
    const { breach, moments, skipped } = judgeByLaw(law, implementation(), config, scenario.events);
    expect(skipped).toEqual([]);
    expect(breach).toBeUndefined();
    expect(moments).toBeGreaterThan(0);
  });
});

describe.each(equivalences.map((equivalence) => [equivalence.id, equivalence] as const))('%s', (_, equivalence) => {
  const { scenario, profiles = ['kvm'] } = equivalence;
  const config = configured({ profile: profiles[0], ...scenario.config });

  it(`compares two sides: ${scenario.name}`, () => {
    expect(vgic.admits(config)).toBe(true);
    const packing = packingOf(vgic);
    const other = equivalence.variant(config, scenario.events, () => 0);
    if (other === undefined) expect.fail('the scenario has no variant');
    for (const event of other.events) expect(packing.code(event)).toBeGreaterThanOrEqual(0);
    const sides = [
      projected(equivalence, implementation(), config, scenario.events),
      projected(equivalence, implementation(), other.config, other.events),
    ];
    expect(sides[0]).not.toBe('');
    expect(sides[1]).toBe(sides[0]);
    // The other side is another one.
    expect({ config: other.config, events: other.events }).not.toEqual({ config, events: scenario.events });
  });
});
