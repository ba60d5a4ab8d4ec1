import type { AnyConfiguration, AnyEvent } from '../../spec/alphabet.ts';
import type { VgicEvent } from '../../spec/vgic/alphabet.ts';
import type { VgicClause } from '../../spec/vgic/clauses.ts';
import type { VgicConfiguration } from '../../spec/vgic/configuration.ts';
import type { observation } from '../../spec/vgic/observation.ts';
import type { profiles } from '../../spec/vgic/profiles.ts';
import type { Breach, Law, Monitor, Seen } from '../../src/engine/property.ts';
import { Machine } from './trace/machine.ts';

/** Why a law of `vgic` is broken. */
export interface VgicBreach extends Breach {
  readonly clause: VgicClause;
}

/** Follows one sequence. Counts in `moments` how often the law had something to judge. */
export abstract class Watch {
  moments = 0;
  protected readonly machine: Machine;

  constructor(machine: Machine) {
    this.machine = machine;
  }

  abstract step(event: VgicEvent): VgicBreach | undefined;

  /** Judges the end of the sequence, after it has been drained. */
  end(): VgicBreach | undefined {
    return undefined;
  }
}

/** A law of `vgic` as it is written down. */
export interface VgicLaw {
  readonly id: string;
  readonly claim: string;
  readonly judges: readonly VgicClause[];
  readonly needs: readonly (keyof typeof observation)[];
  readonly profiles?: readonly (keyof typeof profiles)[];
  readonly scenario: {
    readonly name: string;
    readonly config?: Partial<VgicConfiguration>;
    readonly events: readonly VgicEvent[];
  };
  readonly watch: new (machine: Machine) => Watch;
  /** Plays on until the machine is at rest. */
  readonly drain?: NonNullable<Law['drain']>;
}

class LawMonitor implements Monitor {
  private readonly machine: Machine;
  private readonly watch: Watch;

  constructor(config: AnyConfiguration, watch: VgicLaw['watch']) {
    this.machine = new Machine(config as VgicConfiguration);
    this.watch = new watch(this.machine);
  }

  get moments(): number {
    return this.watch.moments;
  }

  step(event: AnyEvent, seen: Seen): Breach | undefined {
    this.machine.follow(event as VgicEvent, seen);
    return this.watch.step(event as VgicEvent);
  }

  end(seen: Seen): Breach | undefined {
    this.machine.look(seen);
    return this.watch.end();
  }
}

/** Makes a property of a law. */
export function law(declared: VgicLaw): Law {
  const { watch, ...claim } = declared;
  return { kind: 'law', ...claim, begin: (config) => new LawMonitor(config, watch) };
}
