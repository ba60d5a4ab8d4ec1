import type { AnyConfiguration } from '../../spec/alphabet.ts';
import type { IdtVectoringEvent } from '../../spec/idt-vectoring/alphabet.ts';
import type { IdtVectoringConfiguration } from '../../spec/idt-vectoring/configuration.ts';
import type { Equivalence } from '../../src/engine/property.ts';
import type { Declared } from './law.ts';
import { Sighted } from './sighted.ts';

/** A sequence of `idt-vectoring`. */
export interface Side {
  readonly config: IdtVectoringConfiguration;
  readonly events: readonly IdtVectoringEvent[];
}

/** What is compared of one side: a comparable text. */
export interface Projection {
  step(event: IdtVectoringEvent): void;
  result(): string;
}

/** An equivalence of `idt-vectoring` as it is written down; the first clause that it judges is blamed. */
export interface IdtVectoringEquivalence extends Declared {
  readonly variant: (side: Side, pick: (n: number) => number) => Side | undefined;
  readonly project: new (sight: Sighted) => Projection;
}

/** Makes a property of an equivalence. */
export function equivalence({ project, variant, ...claim }: IdtVectoringEquivalence): Equivalence {
  return {
    kind: 'equivalence',
    ...claim,
    variant(config, events, pick) {
      const side = variant(
        {
          config: config as IdtVectoringConfiguration,
          events: events as readonly IdtVectoringEvent[],
        },
        pick,
      );
      return side && { config: side.config as AnyConfiguration, events: side.events };
    },
    project(config) {
      const sight = new Sighted(config as IdtVectoringConfiguration);
      const projection = new project(sight);
      return {
        step(event, seen): void {
          sight.look(seen);
          projection.step(event as IdtVectoringEvent);
          sight.keep();
        },
        result: () => projection.result(),
      };
    },
  };
}
