import { describe, expect, it } from 'vitest';
import { vmcs12UnderCheck } from '../properties/vmcs12/index.ts';
import { runCampaign, underTest } from '../src/engine/index.ts';
import { OptimizedVmcs12 } from '../src/optimized/vmcs12/index.ts';

const { spec } = vmcs12UnderCheck;

describe.each(Object.keys(spec.profiles))('profile %s', { timeout: 120_000 }, (profile) => {
  it('has every testable clause reached by a default run, and the fast implementation conforms', async () => {
    const result = await runCampaign({
      system: vmcs12UnderCheck,
      iut: underTest('optimized', new OptimizedVmcs12() as never),
      profile,
      seed: 1,
      runs: 4000,
    });
    expect([result.verdict, result.counterexamples.map(({ summary }) => summary)]).toEqual(['conforms', []]);
    const unreached = Object.entries(result.coverage)
      .filter(([, count]) => count === 0)
      .map(([id]) => id);
    expect(unreached).toEqual([]);
    expect(result.skipped / (result.events + result.skipped)).toBeLessThan(0.1);
  });
});
