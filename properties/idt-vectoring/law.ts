import type { AnyConfiguration, AnyEvent } from '../../spec/alphabet.ts';
import type { IdtVectoringEvent } from '../../spec/idt-vectoring/alphabet.ts';
import type { clauses } from '../../spec/idt-vectoring/clauses.ts';
import type { IdtVectoringConfiguration } from '../../spec/idt-vectoring/configuration.ts';
import type { observation } from '../../spec/idt-vectoring/observation.ts';
import type { profiles } from '../../spec/idt-vectoring/profiles.ts';
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
  abstract step(event: IdtVectoringEvent): string | undefined;

  /** What is wrong at the end, after the sequence has been drained. */
  end(): string | undefined {
    return undefined;
  }
}

/** What the properties of `idt-vectoring` say of themselves. */
export interface Declared {
  readonly id: string;
  readonly claim: string;
  readonly judges: readonly [ClauseName, ...ClauseName[]];
  readonly needs: readonly (keyof typeof observation)[];
  readonly profiles?: readonly (keyof typeof profiles)[];
  readonly scenario: {
    readonly name: string;
    readonly config?: Partial<IdtVectoringConfiguration>;
    readonly events: readonly IdtVectoringEvent[];
  };
}

/** A law of `idt-vectoring` as it is written down; the first clause that it judges is blamed. */
export interface IdtVectoringLaw extends Declared {
  readonly watch: new (sight: Sighted) => Watch;
  readonly drain?: NonNullable<Law['drain']>;
}

/** Makes a property of a law. */
export function law({ watch, ...claim }: IdtVectoringLaw): Law {
  const [clause] = claim.judges;
  const breach = (summary: string | undefined): Breach | undefined =>
    summary === undefined ? undefined : { clause, summary };
  return {
    kind: 'law',
    ...claim,
    begin(config: AnyConfiguration): Monitor & { readonly moments: number } {
      const sight = new Sighted(config as IdtVectoringConfiguration);
      const watching = new watch(sight);
      return {
        get moments() {
          return watching.moments;
        },
        step(event: AnyEvent, seen: Seen) {
          sight.look(seen);
          const found = breach(watching.step(event as IdtVectoringEvent));
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
