import type { Case } from '../engine/case-file.ts';
import { replay, type Replay, type ReplayOptions } from '../engine/replay.ts';
import type { SystemUnderCheck } from '../engine/system-under-check.ts';
import { exitCodes } from '../engine/verdict.ts';
import { counterexampleText } from '../report/counterexample-text.ts';
import { loadCase } from './case-files.ts';
import { closeImplementation } from './close-implementation.ts';
import type { CaseOptions } from './options.ts';
import { print, stdoutPage } from './output.ts';
import { chooseImplementation } from './registry/implementations.ts';
import { loadSystem } from './registry/systems.ts';

/** `virq replay`. */
export async function replayCase(file: string, options: CaseOptions): Promise<number> {
  return playCase(file, options, replay, (played, system) => {
    print(`${replayText(file, played, system)}\n`);
  });
}

/** Plays a stored case in some way on the implementation that is meant, and tells the outcome. */
export async function playCase(
  file: string,
  { impl }: CaseOptions,
  play: (options: ReplayOptions) => Promise<Replay>,
  tell: (played: Replay, system: SystemUnderCheck, stored: Case) => void | Promise<void>,
): Promise<number> {
  const stored = await loadCase(file);
  const chosen = await chooseImplementation(impl ?? stored.implementation ?? 'optimized');
  const system = await loadSystem(stored.system);
  const iut = await chosen.open(system);
  try {
    const played = await play({ system, iut, case: stored });
    await tell(played, system, stored);
    return exitCodeOf(played);
  } finally {
    await closeImplementation(iut);
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
export function replayText(file: string, played: Replay, { spec, properties }: SystemUnderCheck): string {
  const page = stdoutPage();
  const { paint } = page;
  switch (played.outcome) {
    case 'fails': {
      const found = played.counterexample;
      const claim = properties.find(({ id }) => id === found.property)?.claim;
      return counterexampleText(found, { spec, file, claim, replayed: true }, page);
    }
    case 'passes': {
      const { steps } = played.explanation;
      const count = steps.filter(({ drained }) => !drained).length;
      return `${paint.green('✓')} ${paint.bold(spec.name)}   ${file}   passes   ${paint.dim(`${count} events`)}`;
    }
    case 'not-applicable':
      return `${paint.dim('–')} ${paint.bold(spec.name)}   ${file}   not applicable: ${played.reason}`;
  }
}
