import type { AnyEvent } from '../../spec/alphabet.ts';
import type { SystemSpec } from '../../spec/system.ts';
import { preconditionClause, suspects } from './blame.ts';
import type { Difference } from './counterexample.ts';
import { signatureOf, wordText } from './difference.ts';
import { eventText } from './event-text.ts';
import { refinement, type Finding } from './finding.ts';
import type { Layout } from './layout.ts';
import type { Disagreement } from './walk.ts';

/** Where a disagreement showed. */
export interface Moment {
  /** Place of the event; -1 after reset. */
  readonly step: number;
  readonly event: AnyEvent | undefined;
  /** Names of the clauses that decided the step. */
  readonly cited: readonly string[];
  /** Why the event does not hold, where it does not. */
  readonly why: string;
}

/** Lays a disagreement with the model to a clause and says it in a sentence. */
export function refinementFinding(
  spec: SystemSpec,
  layout: Layout,
  moment: Moment,
  disagreement: Disagreement,
): Finding {
  const { step, event, cited, why } = moment;
  const { differs, precondition } = disagreement;
  const signature = signatureOf(differs);
  const wrongly = precondition === 'played' || (precondition === 'skipped' && cited.length === 0);
  const places = differs.map(({ section, field }) => `${section}.${field}`);
  const suspected = wrongly ? [preconditionClause(spec.name)] : suspects(spec, cited, places);
  const where = event === undefined ? 'after reset' : eventText(spec, event);
  const what =
    precondition === 'played'
      ? `was played, though ${why}`
      : precondition === 'skipped'
        ? 'was not played, though its precondition holds'
        : differencesText(layout, differs);
  const [clause] = suspected;
  return { property: refinement, clause, suspects: suspected, summary: `${where}: ${what}`, signature, step, differs };
}

/** Words that a summary names; a table shows all of them. */
const named = 3;

function differencesText(layout: Layout, differs: readonly Difference[]): string {
  const texts = differs.slice(0, named).map((difference) => differenceText(layout, difference));
  return [...texts, ...(differs.length > named ? [`and ${differs.length - named} more`] : [])].join('; ');
}

function differenceText(
  layout: Layout,
  { section, index, label, field, allowed, observed, defined }: Difference,
): string {
  const { format } = layout.place(layout.offset(section, index, field));
  const text = (word: number): string => wordText((word & defined) >>> 0, format);
  const name = label === section ? `${section}.${field}` : `${section} ${label}.${field}`;
  return `${name} is ${text(observed)}, must be ${[...new Set(allowed.map(text))].join(' or ')}`;
}
