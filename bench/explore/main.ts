import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import type { ExplorationDocument } from '../../src/report/explore-json.ts';
import { exploreWithSpin, hasSpin } from './spin.ts';
import { timed } from './timed.ts';

/** A small configuration of the posted-interrupts system. */
export interface Small {
  readonly posters: number;
  readonly pcpus: number;
  readonly device: boolean;
}

/** What one exploration came to. */
export interface Explored {
  readonly states: number;
  readonly transitions: number;
  /** Seconds, from the start of the program to its end. */
  readonly wall: number;
  readonly cpu: number;
  readonly megabytes: number;
}

const configurations: readonly Small[] = [
  { posters: 1, pcpus: 1, device: false },
  { posters: 2, pcpus: 1, device: false },
  { posters: 1, pcpus: 2, device: true },
  { posters: 2, pcpus: 2, device: true },
];

/** `virq explore` is another process, like Spin's verifier: start and just-in-time compilation count. */
function exploreWithVirq(implementation: string, { posters, pcpus, device }: Small, folder: string): Explored {
  const main = join(root, 'dist/src/cli/main.js');
  const parameters = [`posters=${posters}`, `pcpus=${pcpus}`, `devicePosting=${device}`];
  const config = parameters.flatMap((parameter) => ['--config', parameter]);
  const args = [main, 'explore', 'posted-interrupts', '--impl', implementation, '--json', ...config];
  const { stdout, status, wall, cpu } = timed(process.execPath, args, folder);
  if (status !== 0) throw new Error(`virq explore ended with ${status}:\n${stdout}`);
  const { states, transitions, peakBytes } = JSON.parse(stdout) as ExplorationDocument;
  return { states, transitions, wall, cpu, megabytes: peakBytes / 1e6 };
}

function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

const root = packageFolder();
const model = join(root, 'bench/explore/posted-interrupts.pml');
const scratch = mkdtempSync(join(tmpdir(), 'virq-bench-'));
/** The largest one only on request: it takes minutes. */
const wanted = process.argv.includes('--all') ? configurations : configurations.slice(0, 3);
const spin = hasSpin();
if (!spin) console.log('Spin or gcc is not there: virq alone. (Debian: apt install spin gcc)');

try {
  for (const small of wanted) {
    const table = new Table({
      head: ['', 'states', 'transitions', 's', 'CPU s', 'k states/CPU s', 'MB'],
      style: { head: [], border: [], compact: true },
    });
    const found = new Set<number>();
    const row = (name: string, { states, transitions, wall, cpu, megabytes }: Explored): void => {
      found.add(states);
      const rate = (states / cpu / 1000).toFixed(0);
      const count = (figure: number): string => figure.toLocaleString('en');
      table.push([
        name,
        count(states),
        count(transitions),
        wall.toFixed(2),
        cpu.toFixed(2),
        rate,
        megabytes.toFixed(0),
      ]);
    };
    row('virq explore', exploreWithVirq('optimized', small, scratch));
    if (small.posters === 1) row('virq explore --impl reference', exploreWithVirq('reference', small, scratch));
    if (spin) row('Spin, breadth first', exploreWithSpin(model, small, 'breadth first', scratch));
    if (spin) row('Spin, depth first', exploreWithSpin(model, small, 'depth first', scratch));
    const { posters, pcpus, device } = small;
    console.log(`posted-interrupts: posters ${posters}, physical CPUs ${pcpus}, ${device ? 'a device' : 'no device'}`);
    console.log(table.toString());
    if (found.size > 1) throw new Error(`the numbers of states differ: ${[...found].join(', ')}`);
  }
  console.log('virq also judges acceptance and delivery, and drains every state; Spin judges the laws about rest.');
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
