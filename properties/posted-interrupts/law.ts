import type { AnyConfiguration, AnyEvent } from '../../spec/alphabet.ts';
import type { PostedInterruptsEvent } from '../../spec/posted-interrupts/alphabet.ts';
import type { clauses } from '../../spec/posted-interrupts/clauses.ts';
import type { PostedInterruptsConfiguration } from '../../spec/posted-interrupts/configuration.ts';
import type { observation } from '../../spec/posted-interrupts/observation.ts';
import type { profiles } from '../../spec/posted-interrupts/profiles.ts';
import type { Breach, Law, Monitor, Seen } from '../../src/engine/property.ts';
import { Sighted } from './sighted.ts';

/** Name of a clause. */
export type ClauseName = keyof typeof clauses;

/** Follows one sequence. Counts in `moments` how often the law had something to judge. */
export abstract class Watch {
  moments = 0;
  protected readonly sight: Sighted;

  constructor(sight: Sighted) {
    this.sight = sight;
  }

  /** What is wrong after an event, in a sentence. */
  abstract step(event: PostedInterruptsEvent): string | undefined;

  /** What is wrong at the end, after the sequence has been drained. */
  end(): string | undefined {
    return undefined;
  }
}

/** What the properties of `posted-interrupts` say of themselves. */
export interface Declared {
  readonly id: string;
  readonly claim: string;
  readonly judges: readonly [ClauseName, ...ClauseName[]];
  readonly needs: readonly (keyof typeof observation)[];
  readonly profiles?: readonly (keyof typeof profiles)[];
  readonly scenario: {
    readonly name: string;
    readonly config?: Partial<PostedInterruptsConfiguration>;
    readonly events: readonly PostedInterruptsEvent[];
  };
}

/** A law of `posted-interrupts` as it is written down; the first clause that it judges is blamed. */
export interface PostedInterruptsLaw extends Declared {
  readonly watch: new (sight: Sighted) => Watch;
  readonly drain?: NonNullable<Law['drain']>;
}

/** Makes a property of a law. */
export function law({ watch, ...claim }: PostedInterruptsLaw): Law {
  const [clause] = claim.judges;
  const breach = (summary: string | undefined): Breach | undefined =>
    summary === undefined ? undefined : { clause, summary };
  return {
    kind: 'law',
    ...claim,
    begin(config: AnyConfiguration): Monitor & { readonly moments: number } {
      const sight = new Sighted(config as PostedInterruptsConfiguration);
      const watching = new watch(sight);
      return {
        get moments() {
          return watching.moments;
        },
        step(event: AnyEvent, seen: Seen) {
          sight.look(seen);
          const found = breach(watching.step(event as PostedInterruptsEvent));
          sight.keep();
          return found;
        },
        end(seen: Seen) {
          sight.look(seen);
          return breach(watching.end());
        },
      };
    },
  };
}
