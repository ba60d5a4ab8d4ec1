import { z } from 'zod';
import type { SystemSpec } from '../../spec/system.ts';
import { CaseError } from './case-error.ts';
import type { Case } from './case-file.ts';
import { pathText } from './path-text.ts';
import { caseFrom, checkFormat, parseJson } from './read-case.ts';

/** Format tag of a list of known deviations. */
export const baselineFormat = 'virq-baseline/1';

/** A deviation that an implementation is known to have: a case that shows it, and why it is tolerated. */
export interface KnownDeviation {
  /** Permanent name, such as a bug's. */
  readonly id: string;
  readonly why: string;
  readonly case: Case;
}

const baselineSchema = z.strictObject({
  format: z.literal(baselineFormat),
  deviations: z.array(z.strictObject({ id: z.string().min(1), why: z.string().min(1), case: z.unknown() })),
});

/** Reads a list of known deviations. Throws a {@link CaseError} that names the place. */
export function readBaseline(text: string, systems: readonly SystemSpec[]): readonly KnownDeviation[] {
  const data = parseJson(text);
  checkFormat((data as { readonly format?: unknown } | null)?.format, baselineFormat, 'format');
  const result = baselineSchema.safeParse(data);
  if (!result.success) {
    const { path, message } = result.error.issues[0];
    throw new CaseError('E_CASE_CONTENT', pathText(path), `${pathText(path)}: ${message}`);
  }
  const { deviations } = result.data;
  const ids = new Set<string>();
  return deviations.map(({ id, why, case: found }, i) => {
    if (ids.has(id)) {
      throw new CaseError('E_CASE_CONTENT', `deviations[${i}].id`, `deviations[${i}].id: '${id}' is listed twice`);
    }
    ids.add(id);
    return { id, why, case: caseFrom(found, systems, `deviations[${i}].case`) };
  });
}
