import type { AnyConfiguration, AnyEvent } from '../../spec/alphabet.ts';
import type { NestedVmxEvent } from '../../spec/nested-vmx/alphabet.ts';
import type { clauses } from '../../spec/nested-vmx/clauses.ts';
import type { NestedVmxConfiguration } from '../../spec/nested-vmx/configuration.ts';
import type { observation } from '../../spec/nested-vmx/observation.ts';
import type { profiles } from '../../spec/nested-vmx/profiles.ts';
import type { Breach, Law, Monitor, Seen } from '../../src/engine/property.ts';
import { Sighted } from './sighted.ts';

/** Name of a clause. */
export type ClauseName = keyof typeof clauses;

/** What is wrong: a sentence, and the clause if it is not the first one that the law judges. */
export type Wrong = string | { readonly clause: ClauseName; readonly summary: string };

/** Follows one sequence. Counts in `moments` how often the law had something to judge. */
export abstract class Watch {
  moments = 0;
  protected readonly sight: Sighted;

  constructor(sight: Sighted) {
    this.sight = sight;
  }

  /** What is wrong after an event. */
  abstract step(event: NestedVmxEvent): Wrong | undefined;

  /** What is wrong at the end, after the sequence has been drained. */
  end(): Wrong | undefined {
    return undefined;
  }
}

/** What the properties of `nested-vmx` say of themselves. */
export interface Declared {
  readonly id: string;
  readonly claim: string;
  readonly judges: readonly [ClauseName, ...ClauseName[]];
  readonly needs: readonly (keyof typeof observation)[];
  readonly profiles?: readonly (keyof typeof profiles)[];
  readonly scenario: {
    readonly name: string;
    readonly config?: Partial<NestedVmxConfiguration>;
    readonly events: readonly NestedVmxEvent[];
  };
}

/** A law of `nested-vmx` as it is written down. */
export interface NestedVmxLaw extends Declared {
  readonly watch: new (sight: Sighted) => Watch;
  readonly drain?: NonNullable<Law['drain']>;
}

/** Makes a property of a law. */
export function law({ watch, ...claim }: NestedVmxLaw): Law {
  const [first] = claim.judges;
  const breach = (wrong: Wrong | undefined): Breach | undefined =>
    typeof wrong === 'string' ? { clause: first, summary: wrong } : wrong;
  return {
    kind: 'law',
    ...claim,
    begin(config: AnyConfiguration): Monitor & { readonly moments: number } {
      const sight = new Sighted(config as NestedVmxConfiguration, claim.needs);
      const watching = new watch(sight);
      return {
        get moments() {
          return watching.moments;
        },
        step(event: AnyEvent, seen: Seen) {
          sight.look(seen);
          const found = breach(watching.step(event as NestedVmxEvent));
          sight.keep(event as NestedVmxEvent);
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
