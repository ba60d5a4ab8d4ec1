import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { runCampaign, underTest } from '../src/engine/index.ts';
import { everything } from '../src/engine/scope.ts';
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
const table = new Table({
  head: ['fault', 'caught', 'sequences, median', 'most', 'events', 'blamed'],
  style: { head: [] },
});
const lengths: number[] = [];
const missed: string[] = [];
for (const fault of await loadFaults(name)) {
  const found: number[] = [];
  const events: number[] = [];
  const blamed = new Map<string, number>();
  for (let seed = 1; seed <= seeds; seed++) {
    const supports = Object.fromEntries(
      Object.entries(fault.config ?? {}).map(([key, value]) => [key, [value as Value]]),
    );
    const { counterexamples } = await runCampaign({
      system,
      iut: underTest(`fault:${fault.id}`, fault.create(), { ...everything(system), supports }),
      profile: fault.profile ?? Object.keys(system.spec.profiles)[0],
      seed,
      runs: Number(values.runs),
    });
    for (const { foundAfter, clause, case: shrunk } of counterexamples) {
      found.push(foundAfter);
      events.push(shrunk.events.length);
      blamed.set(clause, (blamed.get(clause) ?? 0) + 1);
    }
  }
  if (found.length < Math.ceil(0.95 * seeds)) missed.push(`${fault.id} (${found.length} of ${seeds})`);
  if (events.length > 0) lengths.push(median(events));
  const clauses = [...blamed].toSorted((a, b) => b[1] - a[1]).map(([id, n]) => `${id.split('/')[1]} ${n}`);
  const most = found.length === 0 ? '–' : String(Math.max(...found));
  const middle = (numbers: readonly number[]): string => (numbers.length === 0 ? '–' : String(median(numbers)));
  table.push([fault.id, `${found.length} of ${seeds}`, middle(found), most, middle(events), clauses.join(', ')]);
  process.stderr.write(`${fault.id}: ${found.length} of ${seeds}\n`);
}
console.log(table.toString());
console.log(
  `${lengths.length} faults caught; events of the counterexample, median over the faults: ${median(lengths)}`,
);
if (missed.length > 0) {
  console.log(`missed by more than one seed in twenty: ${missed.join(', ')}`);
  process.exitCode = 1;
}
