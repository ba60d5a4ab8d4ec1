import { describe, expect, it } from 'vitest';
import { IdtVectoringModel, Part, partClasses, type PartClasses } from '../model/idt-vectoring/index.ts';
import { alphabet, type IdtVectoringEvent } from '../spec/idt-vectoring/alphabet.ts';
import { clauses } from '../spec/idt-vectoring/clauses.ts';
import { laws } from '../spec/idt-vectoring/clauses/laws.ts';
import { configuration, type IdtVectoringConfiguration } from '../spec/idt-vectoring/configuration.ts';
import { Skip } from '../spec/contract.ts';
import { profiles } from '../spec/idt-vectoring/profiles.ts';
import { native, Player } from './idt-vectoring/player.ts';

/** A linear congruential generator: the same numbers on every machine. */
class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  below(bound: number): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * bound);
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }

  config(): IdtVectoringConfiguration {
    const values = Object.entries(configuration).map(([name, domain]) => [name, this.pick<unknown>(domain.values)]);
    return Object.fromEntries(values) as IdtVectoringConfiguration;
  }

  event(): IdtVectoringEvent {
    const kind = this.pick(weighted);
    const args = Object.entries(alphabet[kind].args).map(([name, domain]) => [name, this.pick(domain.values)]);
    return { kind, ...Object.fromEntries(args) } as IdtVectoringEvent;
  }
}

const kinds = Object.keys(alphabet) as (keyof typeof alphabet)[];
const weighted = kinds.flatMap((kind) => Array.from({ length: alphabet[kind].weight }, () => kind));

/** What the guest sees of itself. */
const ofTheGuest = (player: Player): unknown =>
  (['guest', 'pending', 'program'] as const).map((section) => player.section(section));

/** The deliveries of the last event. */
const deliveries = (player: Player): readonly (readonly number[])[] =>
  [0, 1].map((index) => player.section('delivery', index)).filter(([event]) => event !== 0);

/** Plays the same events with and without a hypervisor; the answer is the first event after which the guest can tell. */
function firstDifference(random: Random, parts: Partial<PartClasses> = {}): number | undefined {
  const config = random.config();
  const hypervised = new Player({ ...config, profile: 'reinject' }, { parts });
  const bare = new Player({ ...config, ...native });
  const seen: unknown[] = [];
  const expected: unknown[] = [];
  for (let n = 0; n < 60; n++) {
    const event = random.event();
    if (hypervised.play(event) === undefined) seen.push(...deliveries(hypervised));
    if (alphabet[event.kind].by !== 'hypervisor' && bare.play(event) === undefined) expected.push(...deliveries(bare));
    if (hypervised.outside) continue;
    const [a, b] = [JSON.stringify([seen, ofTheGuest(hypervised)]), JSON.stringify([expected, ofTheGuest(bare)])];
    if (a !== b) return n;
  }
  return undefined;
}

describe('a hypervisor that injects again', () => {
  it('cannot be told from none, under any obstacles', { timeout: 60_000 }, () => {
    const random = new Random(2026);
    for (let n = 0; n < 2000; n++) expect(firstDifference(random), `sequence ${n}`).toBeUndefined();
  });

  it('is told at once where it forgets NMIs', () => {
    class Policy extends partClasses.policy {
      override nmi(state: Player['state']) {
        return this.drop(state);
      }
    }
    const random = new Random(2026);
    const told = Array.from({ length: 200 }, () => firstDifference(random, { policy: Policy }));
    expect(told.filter((n) => n !== undefined).length).toBeGreaterThan(5);
  });
});

describe('the machine without a hypervisor', () => {
  /** A part that nobody may ask for anything. */
  class Absent extends Part {
    constructor(...args: ConstructorParameters<typeof Part>) {
      super(...args);
      return new Proxy(this, {
        get: (_, name) => {
          throw new Error(`bare metal asks a virtual machine for ${String(name)}`);
        },
      });
    }
  }

  const ofVmx = [
    'virtualMachine',
    'deliveryExits',
    'entries',
    'entryChecks',
    'exits',
    'interception',
    'iretExits',
    'clients',
    'hypervisorInjection',
    'iretRepair',
    'loneExits',
    'merging',
    'migration',
    'nmiWindow',
    'policy',
    'reflection',
    'refusals',
    'taskSwitches',
  ] as const satisfies readonly (keyof PartClasses)[];

  it('uses no rule of VMX', () => {
    const parts = Object.fromEntries(ofVmx.map((name) => [name, Absent])) as unknown as Partial<PartClasses>;
    const random = new Random(7);
    for (let n = 0; n < 300; n++) {
      const player = new Player({ ...random.config(), ...native }, { parts });
      for (let k = 0; k < 60; k++) player.play(random.event());
    }
    expect(() => new Player({}, { parts }).run('kick')).toThrow('bare metal asks');
  });
});

describe('clauses', () => {
  const names = Object.keys(profiles) as (keyof typeof profiles)[];

  it.each(names)('are all followed by somebody in profile %s', { timeout: 60_000 }, (profile) => {
    const cited = new Set<string>();
    const model = { cite: (clause: string) => void cited.add(clause) };
    const random = new Random(1);
    for (let n = 0; n < 600; n++) {
      const config = { ...random.config(), ...(profile === 'native' ? native : { profile }) };
      const player = new Player(config, model);
      for (let k = 0; k < 60; k++) player.play(random.event());
    }
    if (profile !== 'native') {
      const player = new Player({ profile }, model).run('popf', { tf: true }).run('movss');
      player.run('refused', { fields: 'shadowWithoutSingleStep' });
    }
    const expected = Object.values(clauses)
      .filter(({ keyword, name }) => keyword !== 'undefined' && !(name in laws))
      .filter((clause) => clause.profiles?.includes(profile) ?? true)
      .map(({ name }) => name);
    expect(expected.filter((name) => !cited.has(name))).toEqual([]);
  });
});

describe('the model', () => {
  it('changes nothing that it is given', () => {
    const model = new IdtVectoringModel();
    const random = new Random(3);
    let steps = 0;
    for (let n = 0; n < 50; n++) {
      let state = deepFreeze(model.initial({ ...random.config(), profile: 'reinject' }));
      for (let k = 0; k < 60; k++) {
        const next = model.step(state, random.event());
        if (next instanceof Skip) continue;
        state = deepFreeze(next);
        steps++;
      }
    }
    expect(steps).toBeGreaterThan(1000);
  });
});

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) deepFreeze(part);
  return Object.freeze(value);
}
