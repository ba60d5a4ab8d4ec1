import { describe, expect, it } from 'vitest';
import { VgicModel } from '../../model/vgic/index.ts';
import { runCampaign, underTest } from '../../src/engine/index.ts';
import { OptimizedVgic } from '../../src/optimized/index.ts';
import { vgicUnderCheck } from './index.ts';

const implementations = {
  model: () => underTest('reference', new VgicModel() as never),
  optimized: () => underTest('optimized', new OptimizedVgic() as never),
};

describe.each(Object.entries(implementations))('on the %s form, every property holds', (_, make) => {
  it.each(Object.keys(vgicUnderCheck.spec.profiles))(
    'in profile %s',
    async (profile) => {
      const result = await runCampaign({
        system: vgicUnderCheck,
        iut: make(),
        profile,
        seed: 20150617,
        runs: 600,
        lawShare: 2,
        equivalenceShare: 4,
      });
      expect(result.counterexamples).toEqual([]);
      expect(result.verdict).toBe('conforms');
      const due = vgicUnderCheck.properties.filter(({ profiles }) => profiles?.includes(profile) ?? true);
      expect(Object.keys(result.properties).toSorted()).toEqual(['refinement', ...due.map(({ id }) => id)].toSorted());
    },
    60_000,
  );
});
