import type { Clause } from '../../spec/clause.ts';
import { sourceText } from '../../spec/source.ts';
import { fact, margin, quoted } from './fact.ts';
import { indent } from './layout.ts';
import type { Page } from './page.ts';

/** What else in the project is about a clause. */
export interface ClauseCompany {
  /** Properties that judge it: id and claim. */
  readonly properties: readonly { readonly id: string; readonly claim: string }[];
  /** Faults that break it: id, what is wrong, and where that happened. */
  readonly faults: readonly { readonly id: string; readonly wrong: string; readonly seen: string }[];
}

const keywords = {
  must: 'must: every implementation is judged by it',
  may: 'may: the implementation chooses; every choice is accepted',
  undefined: 'undefined: the manuals leave it open, nothing is judged by it',
} as const;

/** Everything about one clause: the rule, how binding it is, where it comes from, where a breach shows. */
export function clauseText(clause: Clause, { properties, faults }: ClauseCompany, page: Page): string {
  const { paint } = page;
  const listed = (name: string, entries: readonly { id: string; text: string }[]): string[] =>
    entries.map(({ id, text }, i) => fact(i === 0 ? name : '', [id, text], page));
  const facts = [
    fact('rule', [quoted(clause.rule)], page),
    fact('keyword', [keywords[clause.keyword]], page),
    ...(clause.excluded === undefined ? [] : [fact('excluded', [clause.excluded], page)]),
    ...(clause.knob === undefined ? [] : [fact('chosen by', [`the configuration parameter ${clause.knob}`], page)]),
    ...clause.source.map((source, i) => fact(i === 0 ? 'source' : '', [sourceText(source)], page)),
    ...(clause.seenBy.length === 0 ? [] : [fact('seen by', [clause.seenBy.join(', ')], page)]),
    fact('profiles', [clause.profiles?.join(', ') ?? 'all'], page),
    ...(clause.aka === undefined ? [] : [fact('aka', [clause.aka], page)]),
    ...listed(
      'property',
      properties.map(({ id, claim }) => ({ id, text: claim })),
    ),
    ...listed(
      'fault',
      faults.map(({ id, wrong, seen }) => ({ id: `fault:${id}`, text: seen === '' ? wrong : `${wrong} (${seen})` })),
    ),
  ];
  return [paint.bold(clause.id), indent(facts.join('\n'), margin)].join('\n\n');
}
