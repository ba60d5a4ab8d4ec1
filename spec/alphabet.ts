import type { Domains, RecordOf } from './domain.ts';

/** One kind of event: what it means, who causes it, its arguments. */
export interface EventKind<A extends Domains = Domains> {
  readonly doc: string;
  /** Who acts: profiles select kinds by it. */
  readonly by: string;
  readonly args: A;
  /** Relative frequency in random sequences, before the state is looked at. */
  readonly weight: number;
}

/** The event kinds of a system by name. */
export type Alphabet = Readonly<Record<string, EventKind>>;

/** Declares one kind of event. */
export function event<const A extends Domains>(by: string, weight: number, args: A, doc: string): EventKind<A> {
  return { doc, by, args, weight };
}

/** The closed union of the events of an alphabet: plain data, discriminated by `kind`. */
export type EventOf<A extends Alphabet> = {
  [K in keyof A]: { readonly kind: K } & RecordOf<A[K]['args']>;
}[keyof A];

/** An event of some alphabet, where the system is not known statically. */
export type AnyEvent = { readonly kind: string } & Readonly<Record<string, string | number | boolean>>;

/** A configuration of some system, where the system is not known statically. */
export type AnyConfiguration = Readonly<Record<string, string | number | boolean>>;
