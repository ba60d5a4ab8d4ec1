import type { Case } from '../engine/case-file.ts';
import { replay, type Replay, type ReplayOptions } from '../engine/replay.ts';
import type { SystemUnderCheck } from '../engine/system-under-check.ts';
import { exitCodes } from '../engine/verdict.ts';
import { counted } from '../report/counted.ts';
import { counterexampleText } from '../report/counterexample-text.ts';
import { loadCase } from './case-files.ts';
import { closeImplementation } from './close-implementation.ts';
import type { CaseOptions } from './options.ts';
import { print, stdoutPage } from './output.ts';
import { chooseImplementation } from './registry/implementations.ts';
import { loadSystem } from './registry/systems.ts';
import { watch } from './watchdog.ts';

/** `virq replay`. */
export async function replayCase(file: string, options: CaseOptions): Promise<number> {
  return playCase(file, options, replay, (played, { system, name }) => {
    print(`${replayText(file, played, system, name)}\n`);
  });
}

/** What was played, and on whom. */
export interface Played {
  readonly system: SystemUnderCheck;
  readonly stored: Case;
  /** Name of the implementation. */
  readonly name: string;
}

/** Plays a stored case in some way on the implementation that is meant, and tells the outcome. */
export async function playCase(
  file: string,
  { impl, stepTimeout }: CaseOptions,
  play: (options: ReplayOptions) => Promise<Replay>,
  tell: (played: Replay, on: Played) => void | Promise<void>,
): Promise<number> {
  const stored = await loadCase(file);
  const chosen = await chooseImplementation(impl ?? stored.implementation ?? 'optimized');
  const system = await loadSystem(stored.system);
  const watched = watch(await chosen.open(system), stepTimeout * 1000);
  try {
    const played = await play({ system, iut: watched.iut, case: stored, stepTimeout: stepTimeout * 1000 });
    await tell(played, { system, stored, name: chosen.name });
    return exitCodeOf(played);
  } finally {
    await closeImplementation(watched.iut);
    await watched.release();
  }
}

function exitCodeOf({ outcome }: Replay): number {
  switch (outcome) {
    case 'passes':
      return exitCodes.conforms;
    case 'fails':
      return exitCodes.violates;
    case 'not-applicable':
      return exitCodes['not-applicable'];
  }
}

/** What a replay showed, for people. */
export function replayText(file: string, played: Replay, { spec, properties }: SystemUnderCheck, name: string): string {
  const page = stdoutPage();
  const { paint } = page;
  const head = `${paint.bold(spec.name)}   ${name}`;
  switch (played.outcome) {
    case 'fails': {
      const found = played.counterexample;
      const claim = properties.find(({ id }) => id === found.property)?.claim;
      return counterexampleText(found, { spec, file, claim, replayed: true }, page);
    }
    case 'passes': {
      const count = played.explanation.steps.filter(({ drained }) => !drained).length;
      return `${paint.green('✓')} ${head}   ${paint.green('passes')}   ${file}   ${paint.dim(`(${counted(count, 'event')})`)}`;
    }
    case 'not-applicable':
      return `${paint.dim('–')} ${head}   not applicable   ${file}   ${paint.dim(`(${played.reason})`)}`;
  }
}
