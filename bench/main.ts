import Table from 'cli-table3';
import { vgicUnderCheck } from '../properties/vgic/index.ts';
import { OptimizedVgic } from '../src/optimized/index.ts';
import { measureLockstep } from './lockstep.ts';

/** `npm run bench`: ratios within one run; machines are noisy. */
const figures = await measureLockstep(vgicUnderCheck, 'kvm', () => new OptimizedVgic());
const { lockstep, lockstepPlayed, commandsPlayed, generation, model, implementation } = figures;
const comparison = Math.max(0, lockstep - generation - model - implementation);

const table = new Table({
  head: ['vgic, profile kvm', 'ns/event', 'M events/s', 'share of lockstep'],
  style: { head: [] },
});
const row = (name: string, ns: number, share: string): void => {
  table.push([name, ns.toFixed(0), (1000 / ns).toFixed(2), share]);
};
const share = (ns: number): string => `${((100 * ns) / lockstep).toFixed(0)} %`;
row('lockstep of model and optimized', lockstep, '100 %');
row('  generation', generation, share(generation));
row('  model alone', model, share(model));
row('  optimized alone', implementation, share(implementation));
row('  comparison, coverage, the rest', comparison, share(comparison));
row('lockstep, per event that happens', lockstepPlayed, '');
row('fc.commands, per event that happens', commandsPlayed, '');
console.log(table.toString());
console.log(`lockstep is ${(commandsPlayed / lockstepPlayed).toFixed(1)} times as fast as fc.commands (goal: 4)`);
console.log(`optimized alone is ${(model / implementation).toFixed(1)} times as fast as the model alone (goal: 5)`);
