import fc from 'fast-check';
import { Bench } from 'tinybench';
import { Skip, type WordImplementation } from '../spec/contract.ts';
import { scopeOf, SequenceArbitrary, type Sequence, type SystemUnderCheck } from '../src/engine/index.ts';
import { Lockstep } from '../src/engine/lockstep.ts';
import { SequenceGenerator } from '../src/engine/sequence-generator.ts';
import { commandsRunner } from './commands.ts';

/** Nanoseconds per event of each way to play the same profile, medians of one run. */
export interface LockstepFigures {
  /** Default lockstep: generation, model, implementation, comparison, clause coverage. Per generated event. */
  readonly lockstep: number;
  /** The same per event whose precondition held. */
  readonly lockstepPlayed: number;
  /** `fc.commands` and `fc.modelRun`, per event whose precondition held. */
  readonly commandsPlayed: number;
  readonly generation: number;
  readonly model: number;
  readonly implementation: number;
}

const sequences = 400;

const rounds = 9;

/** The first rounds do not count: code is still being compiled. */
const warmRounds = 3;

/** Milliseconds of processor time that this process has used: other processes on the machine do not count. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Measures one system in one process, one run: ratios of these figures mean something, the figures alone do not. */
export async function measureLockstep(
  system: SystemUnderCheck,
  profile: string,
  make: () => WordImplementation,
): Promise<LockstepFigures> {
  const scope = scopeOf(system, profile);
  const { events } = scope.packing;
  const generator = new SequenceGenerator(scope);
  const stored: Sequence[] = Array.from({ length: sequences }, (_, i) => generator.generate(i, 2026));
  const total = stored.reduce((sum, { codes }) => sum + codes.length, 0);

  const lockstep = new Lockstep(scope);
  const implementation = make();
  const arbitrary = new SequenceArbitrary(scope);
  const property = fc.property(arbitrary, (sequence) => lockstep.agrees(sequence, implementation));
  let seed = 0;
  let generated = 0;

  const configurations = stored.slice(0, 100).map(({ config }) => config);
  const commands = commandsRunner(system, profile, make(), configurations);
  const model = system.model(() => undefined);
  const alone = make();

  const perRun: Record<string, () => number> = {
    lockstep: () => {
      const before = lockstep.played + lockstep.skipped;
      fc.assert(property, { seed: seed++, numRuns: sequences });
      return lockstep.played + lockstep.skipped - before;
    },
    commands: () => {
      const before = commands.played;
      commands.run(seed++, sequences >> 2);
      return commands.played - before;
    },
    generation: () => {
      const from = generated;
      for (let i = 0; i < sequences; i++) generated += generator.generate(i, seed).codes.length;
      seed++;
      return generated - from;
    },
    model: () => {
      for (const { config, codes } of stored) {
        let state = model.initial(config);
        for (const code of codes) {
          const next = model.step(state, events[code]!);
          if (!(next instanceof Skip)) state = Array.isArray(next) ? next[0] : next;
        }
      }
      return total;
    },
    implementation: () => {
      for (const { config, codes } of stored) {
        alone.reset(config);
        for (const code of codes) alone.step(code);
      }
      return total;
    },
  };

  const nanoseconds: Record<string, number[]> = {};
  const bench = new Bench({ now: processorTime, warmupTime: 200, time: 250, iterations: 4 });
  for (const [name, run] of Object.entries(perRun)) {
    const samples: number[] = (nanoseconds[name] = []);
    bench.add(name, () => {
      const start = processorTime();
      const played = run();
      samples.push((1e6 * (processorTime() - start)) / played);
    });
  }
  // Round after round, so that a machine that slows down slows all of them down.
  for (let round = 0; round < rounds; round++) {
    bench.reset();
    await bench.run();
    if (round < warmRounds) for (const samples of Object.values(nanoseconds)) samples.length = 0;
  }
  const figure = (name: string): number => median(nanoseconds[name]!);
  return {
    lockstep: figure('lockstep'),
    lockstepPlayed: (figure('lockstep') * (lockstep.played + lockstep.skipped)) / lockstep.played,
    commandsPlayed: figure('commands'),
    generation: figure('generation'),
    model: figure('model'),
    implementation: figure('implementation'),
  };
}

/** The middle one of some numbers. */
export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}
