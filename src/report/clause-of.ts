import type { Clause } from '../../spec/clause.ts';
import type { SystemSpec } from '../../spec/system.ts';

/** The clause with an id, `<system>/<name>`. */
export const clauseOf = (spec: SystemSpec, id: string): Clause | undefined =>
  id.startsWith(`${spec.name}/`) ? spec.clauses[id.slice(spec.name.length + 1)] : undefined;
