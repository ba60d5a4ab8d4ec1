import type { Alphabet, AnyConfiguration } from './alphabet.ts';
import type { Clause } from './clause.ts';
import type { Domains } from './domain.ts';
import type { ObservationLayout } from './observation.ts';
import type { SeedStatement } from './seed-statement.ts';

/** A frozen selection of rules: which events, configurations and clauses count. */
export interface Profile {
  readonly doc: string;
  /** Values of `by` whose events belong to the profile. */
  readonly actors: readonly string[];
  /** Configuration parameters that the profile restricts, with what is left of their values. */
  readonly limits: Readonly<Record<string, readonly (string | number | boolean)[]>>;
}

/** Everything that one system declares: the only place where any of it is written down. */
export interface SystemSpec {
  readonly name: string;
  readonly title: string;
  /** Number of the document that started it. */
  readonly seed: string;
  readonly clauses: Readonly<Record<string, Clause>>;
  readonly alphabet: Alphabet;
  /** The parameters; the first value of each is the default. */
  readonly configuration: Domains;
  /** Whether a combination of parameter values makes sense. */
  readonly admits: (config: AnyConfiguration) => boolean;
  readonly observation: ObservationLayout<never>;
  /** The first one is the default. Their names are the values of the configuration parameter `profile`. */
  readonly profiles: Readonly<Record<string, Profile>>;
  /** What the document that started it states, and where each statement went. */
  readonly statements?: readonly SeedStatement[];
}
