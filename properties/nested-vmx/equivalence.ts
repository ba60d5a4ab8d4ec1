import type { AnyConfiguration } from '../../spec/alphabet.ts';
import type { NestedVmxEvent } from '../../spec/nested-vmx/alphabet.ts';
import type { NestedVmxConfiguration } from '../../spec/nested-vmx/configuration.ts';
import type { Equivalence, Seen } from '../../src/engine/property.ts';
import type { Declared } from './law.ts';

/** A sequence of `nested-vmx`. */
export interface Side {
  readonly config: NestedVmxConfiguration;
  readonly events: readonly NestedVmxEvent[];
}

/** What is compared of one side: a comparable text. */
export interface Projection {
  step(event: NestedVmxEvent, seen: Seen): void;
  result(): string;
}

/** An equivalence of `nested-vmx` as it is written down; the first clause that it judges is blamed. */
export interface NestedVmxEquivalence extends Declared {
  readonly variant: (side: Side, pick: (n: number) => number) => Side | undefined;
  readonly project: new (config: NestedVmxConfiguration) => Projection;
}

/** Makes a property of an equivalence. */
export function equivalence({ project, variant, ...claim }: NestedVmxEquivalence): Equivalence {
  return {
    kind: 'equivalence',
    ...claim,
    variant(config, events, pick) {
      const side = { config: config as NestedVmxConfiguration, events: events as readonly NestedVmxEvent[] };
      const other = variant(side, pick);
      return other && { config: other.config as AnyConfiguration, events: other.events };
    },
    project(config) {
      const projection = new project(config as NestedVmxConfiguration);
      return {
        step: (event, seen) => projection.step(event as NestedVmxEvent, seen),
        result: () => projection.result(),
      };
    },
  };
}
