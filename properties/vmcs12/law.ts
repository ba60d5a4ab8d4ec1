import type { AnyConfiguration, AnyEvent } from '../../spec/alphabet.ts';
import { alphabet, type Vmcs12Event } from '../../spec/vmcs12/alphabet.ts';
import type { clauses } from '../../spec/vmcs12/clauses.ts';
import type { Vmcs12Configuration } from '../../spec/vmcs12/configuration.ts';
import type { profiles } from '../../spec/vmcs12/profiles.ts';
import type { Breach, Law, Monitor, Seen } from '../../src/engine/property.ts';
import { Sighted } from './sighted.ts';
import type { SectionName } from './words.ts';

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
  abstract step(event: Vmcs12Event): Wrong | undefined;
}

/** What the properties of `vmcs12` say of themselves. */
export interface Declared {
  readonly id: string;
  readonly claim: string;
  readonly judges: readonly [ClauseName, ...ClauseName[]];
  readonly needs: readonly SectionName[];
  readonly profiles?: readonly (keyof typeof profiles)[];
  readonly scenario: {
    readonly name: string;
    readonly config?: Partial<Vmcs12Configuration>;
    readonly events: readonly Vmcs12Event[];
  };
}

/** A law of `vmcs12` as it is written down. */
export interface Vmcs12Law extends Declared {
  readonly watch: new (sight: Sighted) => Watch;
}

/** Whether an event is one of L1. */
export const isOfL1 = ({ kind }: Vmcs12Event): boolean => alphabet[kind].by === 'l1';

/** Whether an event is one of L0. */
export const isOfL0 = ({ kind }: Vmcs12Event): boolean => alphabet[kind].by === 'l0';

/** `0x80000b0e`. */
export const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

/** Makes a property of a law. */
export function law({ watch, ...claim }: Vmcs12Law): Law {
  const [first] = claim.judges;
  const breach = (wrong: Wrong | undefined): Breach | undefined =>
    typeof wrong === 'string' ? { clause: first, summary: wrong } : wrong;
  return {
    kind: 'law',
    ...claim,
    begin(config: AnyConfiguration): Monitor & { readonly moments: number } {
      const sight = new Sighted(config as unknown as Vmcs12Configuration, claim.needs);
      const watching = new watch(sight);
      return {
        get moments() {
          return watching.moments;
        },
        step(event: AnyEvent, seen: Seen) {
          sight.look(seen, event as Vmcs12Event);
          const found = breach(watching.step(event as Vmcs12Event));
          sight.keep();
          return found;
        },
      };
    },
  };
}
