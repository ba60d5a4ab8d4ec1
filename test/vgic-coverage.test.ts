import { describe, expect, it } from 'vitest';
import { vgicUnderCheck } from '../properties/vgic/index.ts';
import { runCampaign, underTest } from '../src/engine/index.ts';
import { OptimizedVgic } from '../src/optimized/index.ts';

const profiles = Object.keys(vgicUnderCheck.spec.profiles);

describe.each(profiles)('profile %s', { timeout: 180_000 }, (profile) => {
  it('has every testable clause reached by a default run, and the fast implementation conforms', async () => {
    const iut = underTest('optimized', new OptimizedVgic() as never);
    const result = await runCampaign({ system: vgicUnderCheck, iut, profile, seed: 1, runs: 6000 });
    expect([result.verdict, result.counterexamples.map(({ summary }) => summary)]).toEqual(['conforms', []]);
    const unreached = Object.entries(result.coverage).filter(([, count]) => count === 0);
    expect(unreached.map(([id]) => id)).toEqual([]);
    expect(result.skipped / (result.events + result.skipped)).toBeLessThan(0.35);
  });
});
