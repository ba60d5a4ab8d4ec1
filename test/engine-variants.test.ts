import { expect, it } from 'vitest';
import type { Capabilities } from '../spec/contract.ts';
import { runCampaign } from '../src/engine/campaign.ts';
import type { Equivalence } from '../src/engine/property.ts';
import type { SystemUnderCheck } from '../src/engine/system-under-check.ts';
import { underTest } from '../src/engine/under-test.ts';
import { toyModel } from './toy/model.ts';
import { toySystem } from './toy/system.ts';

/** Claims of every sequence that it ends in the guest, as it does where there is no hypervisor. */
const alwaysRuns: Equivalence = {
  kind: 'equivalence',
  id: 'always-runs',
  claim: 'The guest runs.',
  judges: ['entry-runs'],
  needs: ['cpu'],
  profiles: ['full'],
  scenario: { name: 'nothing entered', events: [{ kind: 'raise', line: 0 }] },
  variant: (config, events) => ({
    config: { ...config, profile: 'bare', order: 'lowest' },
    events: events.filter(({ kind }) => kind !== 'enter' && kind !== 'exit'),
  }),
  project: () => ({ step: () => {}, result: (seen) => `running ${seen.get('cpu', 0, 'running')}` }),
};

const system: SystemUnderCheck = { ...toySystem, properties: [alwaysRuns] };

const check = (profiles: readonly string[]) => {
  const capabilities: Capabilities = { shows: Object.keys(system.spec.observation), profiles };
  const iut = underTest('toy', toyModel(() => {}) as never, capabilities);
  return runCampaign({ system, iut, profile: 'full', seed: 1, runs: 200, equivalenceShare: 1 });
};

it('an equivalence compares with a play in another profile', async () => {
  const { counterexamples } = await check(['full', 'bare']);
  expect(counterexamples).toMatchObject([{ property: 'always-runs', clause: 'toy/entry-runs' }]);
  expect(counterexamples[0].summary).toContain('One side gives running 0, the other running 1.');
  expect(counterexamples[0].variant?.config).toMatchObject({ profile: 'bare' });
});

it('which the implementation has to play', async () => {
  const { verdict, properties } = await check(['full']);
  expect(verdict).toBe('conforms');
  expect(properties).not.toHaveProperty('always-runs');
});
