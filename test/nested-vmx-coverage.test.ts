import { describe, expect, it } from 'vitest';
import { nestedVmxUnderCheck } from '../properties/nested-vmx/index.ts';
import { runCampaign, underTest } from '../src/engine/index.ts';
import { OptimizedNestedVmx } from '../src/optimized/nested-vmx/index.ts';

const { spec } = nestedVmxUnderCheck;

describe.each(Object.keys(spec.profiles))('profile %s', { timeout: 120_000 }, (profile) => {
  it('has every testable clause reached by a default run, and the fast implementation conforms', async () => {
    const result = await runCampaign({
      system: nestedVmxUnderCheck,
      iut: underTest('optimized', new OptimizedNestedVmx() as never),
      profile,
      seed: 1,
      runs: 6000,
    });
    expect([result.verdict, result.counterexamples.map(({ summary }) => summary)]).toEqual(['conforms', []]);
    const unreached = Object.entries(result.coverage)
      .filter(([, count]) => count === 0)
      .map(([id]) => id);
    expect(unreached).toEqual([]);
    expect(result.skipped / (result.events + result.skipped)).toBeLessThan(0.35);
  });
});
