/** What an argument or a configuration parameter can be. */
export type Value = string | number | boolean;

/** A small, closed, ordered set of values. The first one is the simplest: shrinking lowers towards it. */
export interface Domain<V extends Value = Value> {
  readonly name: string;
  readonly doc: string;
  readonly values: readonly V[];
  /** How a number is shown. */
  readonly format: 'decimal' | 'hex';
}

/** Declares a domain; `values` from the simplest to the most involved. */
export function domain<const V extends Value>(
  name: string,
  doc: string,
  values: readonly V[],
  format: 'decimal' | 'hex' = 'decimal',
): Domain<V> {
  return { name, doc, values, format };
}

/** The type of the values of a domain. */
export type ValueOf<D> = D extends Domain<infer V> ? V : never;

/** Named domains: the arguments of an event kind, or the parameters of a configuration. */
export type Domains = Readonly<Record<string, Domain>>;

/** Plain data with one value of each domain. */
export type RecordOf<D extends Domains> = { readonly [K in keyof D]: ValueOf<D[K]> };
