import type { Draft, Objection } from '../../../faults/draft.ts';
import type { Fault } from '../../../faults/fault.ts';
import { sourceText } from '../../../spec/source.ts';
import type { SystemSpec } from '../../../spec/system.ts';
import { counted } from '../../report/counted.ts';
import { whatWentWrong } from '../../report/what-went-wrong.ts';
import type { Judged, JudgedDraft } from './gather.ts';
import { introduction, outcomeOf } from './introduction.ts';
import { table } from './markdown.ts';
import { circumstances, sequenceTable } from './sequence-table.ts';

/** The page on the historic drafts. */
export const page = (drafts: readonly JudgedDraft[]): string =>
  `${[introduction(drafts), ...drafts.flatMap((draft, i) => chapter(draft, 'ABCDEFGH'[i]!))].join('\n\n')}\n`;

function chapter(judged: JudgedDraft, letter: string): string[] {
  const { draft, system } = judged;
  const outcome = outcomeOf(draft);
  return [
    `## ${letter}. ${draft.title}, ${draft.year}`,
    draft.doc,
    ...(outcome === undefined ? [] : [outcome]),
    `To see it fail: \`npx virq check ${draft.system} --impl fault:${draft.id}\``,
    summary(judged, letter),
    ...judged.judged.flatMap((one, i) => section(judged, one, `${letter}${i + 1}`)),
    ...legend(judged, system.spec),
  ];
}

function summary({ draft, judged }: JudgedDraft, letter: string): string {
  const withLater = judged.some(({ later }) => later !== undefined);
  const rows = judged.map((one, i) => {
    const { objection, proof, later } = one;
    const number = `${letter}${i + 1}`;
    return [
      `[${number}](#${anchor(heading(one, number))})`,
      objection.by,
      objection.says,
      proof === undefined ? '–' : `\`${proof.clause.name}\``,
      proof === undefined ? 'nothing to show' : shownBy(draft, one),
      proof === undefined ? '–' : counted(proof.found.case.events.length, 'event'),
      ...(withLater ? [later ?? '–'] : []),
    ];
  });
  const head = ['', 'raised by', 'what', 'clause', 'shown by', 'sequence', ...(withLater ? ['after the reply'] : [])];
  return table(head, rows);
}

function shownBy(draft: Draft, { objection, proof }: Judged): string {
  if (proof?.against.id === draft.id) return 'the draft';
  return objection.onlyWarned ? 'a fault: the draft does not do it' : 'a fault: the draft hides it';
}

/** The first sentence, or what comes before its colon. */
const heading = ({ objection: { says } }: Judged, number: string): string =>
  `${number}. ${/^[^:.?;]+\??/.exec(says)?.[0] ?? says}`;

/** The anchor that a heading gets from those who render Markdown. */
const anchor = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');

function section({ draft, system: { spec } }: JudgedDraft, judged: Judged, number: string): string[] {
  const { objection, proof, later } = judged;
  const title = heading(judged, number);
  const start = [
    `### ${title}`,
    raised(judged, title),
    ...(objection.answer === undefined ? [] : [`**Answer:** ${objection.answer}`]),
    ...(objection.remark === undefined ? [] : [`**Beside the thread:** ${objection.remark}`]),
  ];
  if (proof === undefined) {
    const excluded = objection.clauses.flatMap((name) => spec.clauses[name]?.excluded ?? []);
    return [...start, ['Nothing that a guest could see: no clause judges it.', ...excluded].join(' ')];
  }
  const { found, against, clause } = proof;
  const isDraft = against.id === draft.id;
  return [
    ...start,
    `> ${clause.rule}\n>\n> \`${clause.id}\` (${clause.source.map(sourceText).join('; ')})`,
    ...(isDraft ? [] : [insteadOfTheDraft(objection, against)]),
    ...circumstances(found, spec),
    sequenceTable(found, spec, isDraft ? 'the draft' : 'the fault'),
    `✗ ${whatWentWrong(found, spec)}`,
    ...(later === undefined
      ? []
      : [`The function of the reply ${later === 'mended' ? 'does it no more' : 'still does it'}.`]),
  ];
}

/** Who, at which line of the mail; and the sentence, where the heading does not have all of it. */
function raised({ objection: { by, at, says } }: Judged, title: string): string {
  const who = `**${by === 'this suite' ? 'This suite' : by}**, at ${at}`;
  return title.endsWith(says.replace(/\.$/, '')) ? `${who}.` : `${who}: ${says}`;
}

function insteadOfTheDraft({ onlyWarned }: Objection, { id, wrong }: Fault): string {
  const does = wrong.replace(/ \([A-Z]-\d+\)/, '');
  return onlyWarned
    ? `The draft does not do this. The fault \`${id}\` does: ${does}`
    : `In the draft, other mistakes come first on the way here. The fault \`${id}\` has this one alone: ${does}`;
}

/** What the events of the tables are. */
function legend({ judged }: JudgedDraft, { alphabet }: SystemSpec): string[] {
  const played = judged.flatMap(({ proof }) => proof?.found.steps.map(({ event }) => event.kind) ?? []);
  const said: [string, string][] = [];
  let last = '';
  for (const [kind, { doc }] of Object.entries(alphabet)) {
    // Some say that they are like the one before.
    const text: string = doc.startsWith('The same ')
      ? `${last.replace(/\.$/, '')}: ${doc.slice('The same '.length)}`
      : doc;
    last = text;
    if (played.includes(kind)) said.push([`\`${kind}\``, text]);
  }
  return said.length === 0 ? [] : ['The events of these tables:', table(['event', ''], said)];
}
