import type { AnyConfiguration } from '../../spec/alphabet.ts';
import type { VgicEvent } from '../../spec/vgic/alphabet.ts';
import type { VgicClause } from '../../spec/vgic/clauses.ts';
import type { VgicConfiguration } from '../../spec/vgic/configuration.ts';
import type { observation } from '../../spec/vgic/observation.ts';
import type { profiles } from '../../spec/vgic/profiles.ts';
import type { Equivalence } from '../../src/engine/property.ts';
import { Machine } from './trace/machine.ts';

/** What is compared of one side: a comparable text. */
export interface Projection {
  step(event: VgicEvent): void;
  result(): string;
}

/** A sequence of `vgic`. */
export interface Side {
  readonly config: VgicConfiguration;
  readonly events: readonly VgicEvent[];
}

/** An equivalence of `vgic` as it is written down. */
export interface VgicEquivalence {
  readonly id: string;
  readonly claim: string;
  /** The first one is blamed. */
  readonly judges: readonly [VgicClause, ...VgicClause[]];
  readonly needs: readonly (keyof typeof observation)[];
  readonly profiles?: readonly (keyof typeof profiles)[];
  readonly scenario: {
    readonly name: string;
    readonly config?: Partial<VgicConfiguration>;
    readonly events: readonly VgicEvent[];
  };
  readonly variant: (side: Side, pick: (n: number) => number) => Side | undefined;
  readonly project: new (machine: Machine) => Projection;
}

/** Makes a property of an equivalence. */
export function equivalence(declared: VgicEquivalence): Equivalence {
  const { project, variant, ...claim } = declared;
  return {
    kind: 'equivalence',
    ...claim,
    variant: (config, events, pick) =>
      variant({ config: config as VgicConfiguration, events: events as readonly VgicEvent[] }, pick),
    project(config: AnyConfiguration) {
      const machine = new Machine(config as VgicConfiguration);
      const projection = new project(machine);
      return {
        step(event, seen): void {
          machine.follow(event as VgicEvent, seen);
          projection.step(event as VgicEvent);
        },
        result: () => projection.result(),
      };
    },
  };
}

/** The events with others put in at a place. */
export const inserted = (
  events: readonly VgicEvent[],
  at: number,
  others: readonly VgicEvent[],
): readonly VgicEvent[] => [...events.slice(0, at), ...others, ...events.slice(at)];

/** One of the places, if there is any. */
export const oneOf = <T>(places: readonly T[], pick: (n: number) => number): T | undefined =>
  places.length === 0 ? undefined : places[pick(places.length)];
