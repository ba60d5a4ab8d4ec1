import type { AnyConfiguration, AnyEvent } from '../spec/alphabet.ts';
import type { WordImplementation } from '../spec/contract.ts';
import type { VgicConfiguration } from '../spec/vgic/configuration.ts';
import { configuration } from '../spec/vgic/configuration.ts';
import { vgic } from '../spec/vgic.ts';
import { layoutOf, packingOf, scopeOf, WordSeen, type Equivalence, type Law } from '../src/engine/index.ts';
import { drainRounds } from '../src/engine/judge-laws.ts';
import { SequenceGenerator } from '../src/engine/sequence-generator.ts';
import { vgicUnderCheck } from '../properties/vgic/index.ts';

const packing = packingOf(vgic);

/** The default configuration, with some parameters set. */
export const configured = (set: Partial<AnyConfiguration> = {}): VgicConfiguration => {
  const defaults = Object.fromEntries(Object.entries(configuration).map(([name, { values }]) => [name, values[0]]));
  return { ...defaults, ...set } as VgicConfiguration;
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
  const seen = new WordSeen(layoutOf(vgic, config), implementation.words);
  const monitor = law.begin(config, vgic.observation as never);
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
  const seen = new WordSeen(layoutOf(vgic, config), implementation.words);
  const projection = equivalence.project(config);
  for (const event of events) if (implementation.step(packing.code(event))) projection.step(event, seen);
  return projection.result(seen);
}

/** Random sequences of a profile, as events. */
export function* randomSequences(
  profile: string,
  count: number,
  seed: number,
): Iterable<{ readonly config: AnyConfiguration; readonly events: readonly AnyEvent[] }> {
  const generator = new SequenceGenerator(scopeOf(vgicUnderCheck, profile));
  for (let n = 0; n < count; n++) {
    const { config, codes } = generator.generate(n, seed);
    yield { config, events: Array.from(codes, (code) => packing.events[code]) };
  }
}
