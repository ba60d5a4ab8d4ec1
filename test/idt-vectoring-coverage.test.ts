import { describe, expect, it } from 'vitest';
import { idtVectoringUnderCheck } from '../properties/idt-vectoring/index.ts';
import { runCampaign, underTest } from '../src/engine/index.ts';
import { OptimizedIdtVectoring } from '../src/optimized/idt-vectoring/index.ts';

const { spec } = idtVectoringUnderCheck;

describe.each(Object.keys(spec.profiles))('profile %s', { timeout: 120_000 }, (profile) => {
  it('has every testable clause reached by a default run, and the fast implementation conforms', async () => {
    const result = await runCampaign({
      system: idtVectoringUnderCheck,
      iut: underTest('optimized', new OptimizedIdtVectoring() as never),
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
