import type { Source } from './source.ts';

/** How binding a clause is. `undefined`: the manuals leave it open, nothing is ever judged by it. */
export type Keyword = 'must' | 'may' | 'undefined';

interface ClauseBase {
  readonly source: readonly Source[];
  /** Profiles in which the clause holds; absent: all profiles of the system. */
  readonly profiles?: readonly string[];
  /** It decides every step of its kind, as the layout of a register does: it is blamed only where no other clause fits. */
  readonly ambient?: true;
  /** The brief name that discussions of the rule use, such as `VGIC-EOI-05`; data, never an id. */
  readonly aka?: string;
}

/** A clause as written in `spec/<system>`: exactly one of `must`, `may` and `undefined` holds the rule's text. */
export type ClauseDeclaration =
  | (ClauseBase & {
      readonly must: string;
      /** Observation sections, or `section.field`, in which a breach shows. */
      readonly seenBy: readonly string[];
    })
  | (ClauseBase & {
      readonly may: string;
      readonly seenBy: readonly string[];
      /** The configuration parameter that chooses, where the freedom is fixed for one implementation. */
      readonly knob?: string;
    })
  | (ClauseBase & {
      readonly undefined: string;
      /** Why the rule is no oracle. */
      readonly excluded: string;
    });

/** A clause with its permanent id, `<system>/<what-holds>`. */
export interface Clause {
  readonly id: string;
  /** The id without the system. */
  readonly name: string;
  readonly system: string;
  readonly keyword: Keyword;
  /** The rule in one or two sentences. */
  readonly rule: string;
  readonly source: readonly Source[];
  readonly seenBy: readonly string[];
  readonly profiles?: readonly string[];
  readonly knob?: string;
  readonly excluded?: string;
  readonly ambient?: true;
  readonly aka?: string;
}

/** The clauses of one system, in the order of their declaration, by name. */
export type Clauses<Name extends string = string> = { readonly [N in Name]: Clause };

/** Declares the clauses of a system; the keys become permanent ids. */
export function defineClauses<const T extends Readonly<Record<string, ClauseDeclaration>>>(
  system: string,
  table: T,
): Clauses<Extract<keyof T, string>> {
  const clauses: Record<string, Clause> = {};
  for (const [name, declared] of Object.entries<ClauseDeclaration>(table)) {
    const shared = { id: `${system}/${name}`, name, system };
    const { source, profiles, ambient, aka } = declared;
    const rest = {
      source,
      ...(profiles && { profiles }),
      ...(ambient && { ambient }),
      ...(aka !== undefined && { aka }),
    };
    if ('must' in declared) {
      clauses[name] = { ...shared, keyword: 'must', rule: declared.must, seenBy: declared.seenBy, ...rest };
    } else if ('may' in declared) {
      const knob = declared.knob === undefined ? {} : { knob: declared.knob };
      clauses[name] = { ...shared, keyword: 'may', rule: declared.may, seenBy: declared.seenBy, ...knob, ...rest };
    } else {
      const { excluded } = declared;
      clauses[name] = { ...shared, keyword: 'undefined', rule: declared.undefined, seenBy: [], excluded, ...rest };
    }
  }
  return clauses as Clauses<Extract<keyof T, string>>;
}

/** Whether a run can and must reach the clause: everything but what the manuals leave undefined. */
export const isTestable = (clause: Clause): boolean => clause.keyword !== 'undefined';
