import type { AnyConfiguration } from '../../spec/alphabet.ts';
import type { PostedInterruptsEvent } from '../../spec/posted-interrupts/alphabet.ts';
import type { PostedInterruptsConfiguration } from '../../spec/posted-interrupts/configuration.ts';
import type { Equivalence } from '../../src/engine/property.ts';
import type { Declared } from './law.ts';
import { Sighted } from './sighted.ts';

/** A sequence of `posted-interrupts`. */
export interface Side {
  readonly config: PostedInterruptsConfiguration;
  readonly events: readonly PostedInterruptsEvent[];
}

/** What is compared of one side: a comparable text. */
export interface Projection {
  step(event: PostedInterruptsEvent): void;
  result(): string;
}

/** An equivalence of `posted-interrupts` as it is written down; the first clause that it judges is blamed. */
export interface PostedInterruptsEquivalence extends Declared {
  readonly variant: (side: Side, pick: (n: number) => number) => Side | undefined;
  readonly project: new (sight: Sighted) => Projection;
}

/** Makes a property of an equivalence. */
export function equivalence({ project, variant, ...claim }: PostedInterruptsEquivalence): Equivalence {
  return {
    kind: 'equivalence',
    ...claim,
    variant(config, events, pick) {
      const side = variant(
        {
          config: config as PostedInterruptsConfiguration,
          events: events as readonly PostedInterruptsEvent[],
        },
        pick,
      );
      return side && { config: side.config as AnyConfiguration, events: side.events };
    },
    project(config) {
      const sight = new Sighted(config as PostedInterruptsConfiguration);
      const projection = new project(sight);
      return {
        step(event, seen): void {
          sight.look(seen);
          projection.step(event as PostedInterruptsEvent);
          sight.keep();
        },
        result: () => projection.result(),
      };
    },
  };
}
