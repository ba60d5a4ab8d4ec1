import type { AnyConfiguration, AnyEvent } from '../spec/alphabet.ts';
import type { WordImplementation } from '../spec/contract.ts';
import { configuration, type Vmcs12Configuration } from '../spec/vmcs12/configuration.ts';
import { vmcs12 } from '../spec/vmcs12.ts';
import type { SystemSpec } from '../spec/system.ts';
import { layoutOf, packingOf, WordSeen, type Equivalence, type Law } from '../src/engine/index.ts';
import { drainRounds } from '../src/engine/judge-laws.ts';

const spec = vmcs12 as unknown as SystemSpec;
const packing = packingOf(spec);

/** The default configuration, with some parameters set. */
export const configured = (set: Partial<AnyConfiguration> = {}): Vmcs12Configuration => {
  const defaults = Object.fromEntries(Object.entries(configuration).map(([name, { values }]) => [name, values[0]]));
  return { ...defaults, ...set } as unknown as Vmcs12Configuration;
};

/** What a law said of one sequence. */
export interface Verdict {
  readonly breach: { readonly clause: string; readonly summary: string } | undefined;
  /** How often it had something to judge. */
  readonly moments: number;
  readonly skipped: readonly AnyEvent[];
}

/** Judges an implementation by a law alone: no model is asked. */
export function judgeByLaw(
  law: Law,
  implementation: WordImplementation,
  config: AnyConfiguration,
  events: Iterable<AnyEvent>,
): Verdict {
  implementation.reset(config);
  const seen = new WordSeen(layoutOf(spec, config), implementation.words);
  const monitor = law.begin(config, spec.observation as never);
  const skipped: AnyEvent[] = [];
  let breach: Verdict['breach'];
  const play = (event: AnyEvent): void => {
    if (breach !== undefined) return;
    if (!implementation.step(packing.code(event))) skipped.push(event);
    else breach = monitor.step(event, seen);
  };
  for (const event of events) play(event);
  const skippedInSequence = skipped.slice();
  for (let round = 0; round < drainRounds && law.drain !== undefined && breach === undefined; round++) {
    const more = law.drain(config, round, seen);
    if (more.length === 0) break;
    more.forEach(play);
  }
  breach ??= monitor.end?.(seen);
  return { breach, moments: monitor.moments ?? 0, skipped: skippedInSequence };
}

/** What an equivalence compares of one side. */
export function projected(
  equivalence: Equivalence,
  implementation: WordImplementation,
  config: AnyConfiguration,
  events: readonly AnyEvent[],
): string {
  implementation.reset(config);
  const seen = new WordSeen(layoutOf(spec, config), implementation.words);
  const projection = equivalence.project(config);
  for (const event of events) if (implementation.step(packing.code(event))) projection.step(event, seen);
  return projection.result(seen);
}
