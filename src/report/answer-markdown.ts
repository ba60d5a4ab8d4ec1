import type { SystemSpec } from '../../spec/system.ts';
import type { AnswerResult, AnswerRow, BesideRow, ToldApart } from '../engine/answer/answer-result.ts';
import { outcomesOf, sequenceText, traceOf } from './answer-trace.ts';
import { evidenceOf, othersText, verdictText } from './answer-words.ts';
import { counted } from './counted.ts';
import { configurationText, eventText } from './event-text.ts';

/** The generated part of the page on an answer: the table, the conditions, and the traces behind it. */
export function answerMarkdown(result: AnswerResult, spec: SystemSpec): string {
  const { rows, beside } = result;
  const others = beside.filter(({ policies: [first] }) => first?.shortest !== undefined);
  return [
    '## The answer',
    answerTable(rows, spec),
    ...(others.length === 0 ? [] : ['Differences that belong to none of these classes:', besideTable(others, spec)]),
    `Searched: ${counted(result.sequences.exhaustive, 'sequence')} of up to ${counted(result.depth, 'event')} in the ` +
      `scopes of the classes, and ${counted(result.sequences.random, 'random sequence')} (seed ${result.seed}). ` +
      `${counted(result.setAside, 'difference')} of random sequences were set aside: several events had been cut short ` +
      'at once, and which of them made the difference cannot be told.',
    '## What breaks a condition',
    brokenTable(rows, spec),
    '## The sequences behind each "no"',
    ...[...rows, ...others].flatMap((row) => traces(row, spec)),
    '## The scopes',
    'The first configuration is played as far as it says; the others, where there are any, one event less. A search that ' +
      'ends at a difference needs no other configuration.',
    scopes(rows, spec),
  ].join('\n\n');
}

function answerTable(rows: readonly AnswerRow[], spec: SystemSpec): string {
  return table(
    [
      'class of event',
      'same if dropped',
      'exceptions only',
      'what shows it, or how far was looked',
      'the mailing list',
    ],
    rows.map((row) => [
      `\`${row.name}\`<br>${row.description}`,
      `**${verdictText(row.policies[0]!)}**<br>${row.condition}`,
      verdictText(row.policies[1]!),
      evidenceOf(row, spec).join('<br>'),
      othersText(row),
    ]),
  );
}

const besideTable = (rows: readonly BesideRow[], spec: SystemSpec): string =>
  table(
    ['what is cut short', 'same if dropped', 'exceptions only', 'what shows it'],
    rows.map((row) => [
      `\`${row.name}\`<br>${row.description}`,
      `**${verdictText(row.policies[0]!)}**`,
      verdictText(row.policies[1]!),
      evidenceOf(row, spec).join('<br>'),
    ]),
  );

function brokenTable(rows: readonly AnswerRow[], spec: SystemSpec): string {
  const broken = rows.flatMap(({ name, policies: [first] }) =>
    (first?.broken ?? []).flatMap(({ by, shortest }) => (shortest === undefined ? [] : [{ name, by, shortest }])),
  );
  return table(
    ['class of event', 'is not the same if', 'sequence', 'becomes'],
    broken.map(({ name, by, shortest }) => [
      `\`${name}\``,
      by,
      `${sequenceText(shortest, spec)}${inConfiguration(shortest, spec)}`,
      outcomesOf(shortest, spec).join(' → '),
    ]),
  );
}

function inConfiguration({ config }: ToldApart, spec: SystemSpec): string {
  const text = configurationText(spec, config);
  return text === '' ? '' : ` (${text})`;
}

function traces({ name, policies: [first] }: BesideRow, spec: SystemSpec): string[] {
  const shortest = first?.shortest ?? first?.broken.find(({ isInherent }) => isInherent)?.shortest;
  if (shortest === undefined) return [];
  const cell = (phrases: readonly string[]): string => phrases.join('<br>') || '–';
  return [
    `### ${name}`,
    `${sequenceText(shortest, spec)}${inConfiguration(shortest, spec)}: ${outcomesOf(shortest, spec).join(' becomes ')}.`,
    table(
      ['event', 'injected again', 'dropped'],
      traceOf(shortest, spec).map(({ event, isAdded, normative, other }) => [
        isAdded ? `*${event}*` : event,
        cell(normative),
        cell(other),
      ]),
    ),
  ];
}

const scopes = (rows: readonly AnswerRow[], spec: SystemSpec): string =>
  table(
    ['class of event', 'up to', 'sequences', 'of these events', 'in configurations'],
    rows.map(({ name, scope, policies: [first] }) => [
      `\`${name}\``,
      `${counted(scope.depth, 'event')}${first?.shortest === undefined ? '' : ', where the first difference is'}`,
      scope.sequences.toLocaleString('en'),
      scope.alphabet.map((event) => eventText(spec, event, scope.configurations[0]!)).join(', '),
      scope.configurations
        .slice(0, first?.shortest === undefined ? undefined : 1)
        .map((config) => configurationText(spec, config) || 'the default one')
        .join('; '),
    ]),
  );

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
