import { describe, expect, it } from 'vitest';
import { postedInterruptsFaults } from '../faults/posted-interrupts/index.ts';
import { PostedInterruptsModel } from '../model/posted-interrupts/index.ts';
import { postedInterruptsUnderCheck } from '../properties/posted-interrupts/index.ts';
import type { Model } from '../spec/contract.ts';
import { runCampaign, underTest } from '../src/engine/index.ts';
import { OptimizedPostedInterrupts } from '../src/optimized/index.ts';

const { spec, properties } = postedInterruptsUnderCheck;
const profiles = Object.keys(spec.profiles);

describe.each(profiles)('profile %s', { timeout: 120_000 }, (profile) => {
  it('has every testable clause reached by a default run, and the fast implementation conforms', async () => {
    const result = await runCampaign({
      system: postedInterruptsUnderCheck,
      iut: underTest('optimized', new OptimizedPostedInterrupts() as never),
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

  it('has no property that the model breaks', async () => {
    const result = await runCampaign({
      system: postedInterruptsUnderCheck,
      iut: underTest('reference', new PostedInterruptsModel() as unknown as Model),
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

/** A fault that a property finds by itself, where what is right is taken to be what the fault does. */
const foundBy: Readonly<Record<string, string>> = {
  'no-interrupt-from-nowhere': 'sync-leaves-pir',
  'no-interrupt-lost': 'sync-overwrites-irr',
  'coalescing-has-three-places': 'delivery-leaves-irr',
  'nobody-waits-for-ever': 'notification-does-not-evaluate',
  'what-is-posted-is-announced': 'pir-is-not-rechecked-after-sn',
  'on-is-looked-at': 'poster-never-notifies',
  'acknowledged-above-everything': 'whole-vector-is-compared-with-ppr',
  'no-two-of-a-class-in-service': 'whole-vector-is-compared-with-ppr',
  'everything-gets-its-turn': 'sync-leaves-on',
  'virtual-delivery-is-injection': 'eoi-does-not-evaluate',
  'posting-is-direct-acceptance': 'sync-overwrites-irr',
  'sync-takes-what-a-notification-would': 'entry-does-not-evaluate',
  'switching-apicv-twice-changes-nothing': 'apicv-on-keeps-svi-0',
};

describe.each(properties.map((property) => [property.id, property] as const))('property %s', (id, property) => {
  it('is broken by a fault, without the help of the model', async () => {
    const fault = postedInterruptsFaults.find((one) => one.id === foundBy[id]);
    expect(fault, id).toBeDefined();
    const profile = fault!.profile ?? 'sdm';
    const result = await runCampaign({
      system: { ...postedInterruptsUnderCheck, model: fault!.model!, properties: [property] },
      iut: underTest(
        fault!.id,
        fault!.model!(() => {}),
      ),
      profile,
      seed: 1,
      runs: 3000,
      lawShare: 1,
      equivalenceShare: 1,
    });
    expect(result.counterexamples.map(({ clause }) => clause)).toEqual([spec.clauses[property.judges[0]].id]);
  });
});
