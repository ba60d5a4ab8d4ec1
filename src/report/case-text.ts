import type { SystemSpec } from '../../spec/system.ts';
import type { Case } from '../engine/case-file.ts';
import type { CounterexampleStep } from '../engine/counterexample.ts';
import { clauseOf } from './clause-of.ts';
import { configurationText, eventText } from './event-text.ts';
import { fact, margin, quoted } from './fact.ts';
import { columns, indent } from './layout.ts';
import type { Page } from './page.ts';
import { phraseReader } from './step-phrases.ts';

/** What the reference model does in each step of a stored case, with the clauses that decide it. */
export function caseText(stored: Case, steps: readonly CounterexampleStep[], spec: SystemSpec, page: Page): string {
  const { paint, width } = page;
  const read = phraseReader(spec, stored.config);
  const rows = steps.map((step, i) => {
    const { changes } = read(step);
    const quiet = step.skipped === undefined ? 'no change' : `skipped: ${step.skipped}`;
    const names = step.clauses.map((id) => id.slice(id.indexOf('/') + 1));
    return [
      String(i + 1),
      eventText(spec, step.event, stored.config),
      changes.length === 0 ? paint.dim(quiet) : changes,
      names.map((name) => paint.cyan(name)),
    ];
  });
  const head = ['step', 'event', 'the model', 'clauses'].map((name) => paint.dim(name));
  const clause = stored.clause === undefined ? undefined : clauseOf(spec, stored.clause);
  const facts = [
    fact('config', [configurationText(spec, stored.config) || 'the default one'], page),
    ...(stored.clause === undefined
      ? []
      : [fact('breaks', [stored.clause, ...(clause ? [quoted(clause.rule)] : [])], page)]),
    ...(stored.property === undefined ? [] : [fact('property', [stored.property], page)]),
    ...(stored.implementation === undefined ? [] : [fact('found in', [stored.implementation], page)]),
    ...(stored.note === undefined ? [] : [fact('note', [stored.note], page)]),
  ];
  return [
    `${paint.bold(stored.system)}   ${steps.length} events`,
    indent(columns([head, ...rows], width - margin, [0]), margin),
    indent(facts.join('\n'), margin),
  ].join('\n\n');
}
