import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import fc from 'fast-check';
import type { WordImplementation } from '../spec/contract.ts';
import {
  everything,
  ModelImplementation,
  runCampaign,
  scopeOf,
  SequenceArbitrary,
  underTest,
  type AnyImplementation,
  type CampaignResult,
  type SystemUnderCheck,
} from '../src/engine/index.ts';
import { Lockstep } from '../src/engine/lockstep.ts';
import { loadFaults } from '../src/cli/registry/faults.ts';
import { loadSystem } from '../src/cli/registry/systems.ts';
import type { Value } from '../spec/domain.ts';
import { median } from './lockstep.ts';

/**
 * `npm run bench:faults -- vgic`: how soon each fault is caught, over several seeds, and how short its counterexample
 * becomes. Exits 1 if a fault is missed by more than one seed of twenty.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seeds: { type: 'string', default: '20' }, runs: { type: 'string', default: '10000' } },
});
const [name = 'vgic'] = positionals;
const seeds = Number(values.seeds);
const system = await loadSystem(name);
const runs = Number(values.runs);
const table = new Table({
  head: ['fault', 'caught', 'sequences, median', 'most', 'events', 'blamed'],
  style: { head: [] },
});
const lengths: number[] = [];
const missed: string[] = [];
for (const fault of await loadFaults(name)) {
  const supports = Object.fromEntries(
    Object.entries(fault.config ?? {}).map(([key, value]) => [key, [value as Value]]),
  );
  const capabilities = { ...everything(system), supports };
  const profile = fault.profile ?? Object.keys(system.spec.profiles)[0];
  const campaign = (seed: number): Promise<CampaignResult> => {
    const iut = underTest(`fault:${fault.id}`, fault.create(), capabilities);
    return runCampaign({ system, iut, profile, seed, runs });
  };
  // Refinement alone finds nearly everything, and needs no shrinking to be counted.
  const lockstep = new Lockstep(scopeOf(system, profile, capabilities));
  const words = wordsOf(system, fault.create());
  const arbitrary = new SequenceArbitrary(scopeOf(system, profile, capabilities));
  const found: number[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    let after = 0;
    const property = fc.property(arbitrary, (sequence) => {
      after++;
      return lockstep.agrees(sequence, words);
    });
    const { failed } = fc.check(property, { seed, numRuns: runs, endOnFailure: true });
    if (failed) found.push(after);
    else found.push(...(await campaign(seed)).counterexamples.map(({ foundAfter }) => foundAfter));
  }
  const [shown] = (await campaign(1)).counterexamples;
  if (found.length < Math.ceil(0.95 * seeds)) missed.push(`${fault.id} (${found.length} of ${seeds})`);
  if (shown !== undefined) lengths.push(shown.case.events.length);
  const most = found.length === 0 ? '–' : String(Math.max(...found));
  const middle = found.length === 0 ? '–' : String(median(found));
  const clause = shown?.clause.split('/')[1] ?? '–';
  table.push([fault.id, `${found.length} of ${seeds}`, middle, most, shown?.case.events.length ?? '–', clause]);
  process.stderr.write(`${fault.id}: ${found.length} of ${seeds}\n`);
}
console.log(table.toString());
console.log(
  `${lengths.length} faults shrunk; events of the counterexample, median over the faults: ${median(lengths)}`,
);
if (missed.length > 0) {
  console.log(`missed by more than one seed in twenty: ${missed.join(', ')}`);
  process.exitCode = 1;
}

function wordsOf(of: SystemUnderCheck, implementation: AnyImplementation): WordImplementation {
  return 'views' in implementation
    ? new ModelImplementation(of.spec, implementation)
    : (implementation as WordImplementation);
}
