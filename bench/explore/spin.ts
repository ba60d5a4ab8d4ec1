import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { timed } from './timed.ts';
import type { Explored, Small } from './main.ts';

/** Whether Spin and a C compiler are there. */
export const hasSpin = (): boolean =>
  [
    ['spin', '-V'],
    ['gcc', '--version'],
  ].every(([program, option]) => spawnSync(program!, [option!]).status === 0);

/** Order in which Spin's verifier looks at states. */
export type SpinSearch = 'depth first' | 'breadth first';

/** Explores with Spin what `virq explore` explores: `spin -a`, `gcc -O2`, the verifier that comes of it. */
export function exploreWithSpin(
  model: string,
  { posters, pcpus, device }: Small,
  search: SpinSearch,
  folder: string,
): Explored {
  const parameters = [`-DPOSTERS=${posters}`, `-DPCPUS=${pcpus}`, `-DDEVICE=${Number(device)}`];
  mustDo('spin', [...parameters, '-a', model], folder);
  const breadthFirst = search === 'breadth first' ? ['-DBFS'] : [];
  mustDo(
    'gcc',
    ['-w', '-O2', '-DSAFETY', '-DNOREDUCE', '-DMEMLIM=4096', ...breadthFirst, '-o', 'pan', 'pan.c'],
    folder,
  );
  const { stdout, status, wall, cpu } = timed(join(folder, 'pan'), ['-m4000000', '-w24'], folder);
  const figure = (pattern: RegExp): number => Number(stdout.match(pattern)?.[1]);
  if (status !== 0 || !stdout.includes('errors: 0') || stdout.includes('search depth too small'))
    throw new Error(`Spin did not come to its end:\n${stdout}`);
  return {
    states: figure(/(\d+) states, stored/),
    transitions: figure(/(\d+) transitions/),
    wall,
    cpu,
    megabytes: figure(/([\d.]+)\s+total actual memory usage/),
  };
}

function mustDo(program: string, args: readonly string[], cwd: string): void {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stdout}${stderr}`);
}
