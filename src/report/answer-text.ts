import type { SystemSpec } from '../../spec/system.ts';
import type {
  AnswerResult,
  AnswerRow,
  AnswerVerdict,
  BesideRow,
  PolicyAnswer,
} from '../engine/answer/answer-result.ts';
import { evidenceOf, othersText, verdictText } from './answer-words.ts';
import { compact } from './compact.ts';
import { counted } from './counted.ts';
import { fact, margin } from './fact.ts';
import { columns, indent, wrap, type Cell } from './layout.ts';
import type { Page } from './page.ts';

/** Narrower than this, each class is a block of its own. */
const tableWidth = 90;

/** Columns of the names of classes in the table. */
const nameWidth = 20;

/** An answer for people: the classes in a table, or one below the other, and what it rests on. */
export function answerText(result: AnswerResult, spec: SystemSpec, page: Page): string {
  const { paint, width } = page;
  const rows = [...result.rows, ...result.beside.filter(({ policies }) => policies[0]?.verdict === 'no')];
  return [
    headline(result, page),
    indent(wrap(result.question, width - margin).join('\n'), margin),
    width < tableWidth ? rows.map((row) => block(row, spec, page)).join('\n') : indent(table(rows, spec, page), margin),
    indent(facts(result, page).join('\n'), margin),
    ...(result.verdict === 'contradicts' ? [indent(paint.red(contradictions(result)), margin)] : []),
  ].join('\n\n');
}

function headline({ system, verdict, isInterrupted }: AnswerResult, { paint }: Page): string {
  const [mark, colour] = {
    agrees: ['✓', paint.green] as const,
    contradicts: ['✗', paint.red] as const,
    inconclusive: ['?', paint.yellow] as const,
  }[verdict];
  const says = {
    agrees: 'every row as expected',
    contradicts: 'a row is not as expected',
    inconclusive: 'not every row was met',
  };
  return [
    `${colour(paint.bold(mark))} ${paint.bold(system)}`,
    colour(paint.bold(`${says[verdict]}${isInterrupted ? ', interrupted' : ''}`)),
  ].join('   ');
}

type Row = AnswerRow | BesideRow;

const isOfTheQuestion = (row: Row): row is AnswerRow => 'expected' in row;

function table(rows: readonly Row[], spec: SystemSpec, page: Page): string {
  const { paint, width } = page;
  const head = [
    'class',
    'same if\ndropped',
    'exceptions\nonly',
    'what shows it, or how far was looked',
    'the mailing list',
  ];
  const cells = rows.map((row): Cell[] => {
    const [drop, exceptions] = row.policies;
    return [
      broken(row.name),
      painted(drop, page),
      painted(exceptions, page),
      evidenceOf(row, spec).join('\n'),
      paint.dim(isOfTheQuestion(row) ? othersText(row) : '–'),
    ];
  });
  return columns([head.map((name) => name.split('\n').map(paint.dim).join('\n')), ...cells], width - margin, [0, 1, 2]);
}

/** A name over several lines, broken at its hyphens. */
function broken(name: string): string {
  const lines: string[] = [];
  for (const part of name.split(/(?<=-)/)) {
    const longer = `${lines.at(-1) ?? ''}${part}`;
    if (lines.length > 0 && longer.length <= nameWidth) lines[lines.length - 1] = longer;
    else lines.push(part);
  }
  return lines.join('\n');
}

function block(row: Row, spec: SystemSpec, page: Page): string {
  const { paint, width } = page;
  const [drop, exceptions] = row.policies;
  const lines = [
    ...evidenceOf(row, spec).flatMap((line) => wrap(line, width - 2 * margin)),
    ...(isOfTheQuestion(row) && row.others.said !== undefined
      ? wrap(othersText(row), width - 2 * margin).map((line) => paint.dim(line))
      : []),
  ];
  return [
    indent(`${paint.bold(row.name)}   ${painted(drop, page)}`, margin),
    ...(exceptions !== undefined && exceptions.verdict !== drop?.verdict
      ? [indent(`${paint.dim('exceptions only')}   ${painted(exceptions, page)}`, 2 * margin)]
      : []),
    indent(lines.join('\n'), 2 * margin),
  ].join('\n');
}

function painted(answer: PolicyAnswer | undefined, { paint }: Page): string {
  if (answer === undefined) return '';
  const colours: Readonly<Record<AnswerVerdict, (text: string) => string>> = {
    yes: paint.green,
    kept: paint.green,
    no: paint.red,
    conditional: paint.yellow,
    unknown: paint.dim,
  };
  return colours[answer.verdict](verdictText(answer));
}

function facts(result: AnswerResult, page: Page): string[] {
  const { sequences, seconds, rows, setAside } = result;
  const all = sequences.exhaustive + sequences.random;
  const rate = seconds > 0 ? `, ${compact(all / seconds)} sequences a second` : '';
  const answered = rows.filter(({ others }) => others.agrees !== undefined);
  const agreeing = answered.filter(({ others }) => others.agrees).length;
  return [
    fact(
      'policies',
      [
        'dropped: the hypervisor forgets whatever the IDT-vectoring field holds',
        'exceptions only: it forgets hardware exceptions, which is what was proposed, and injects the rest again',
      ],
      page,
    ),
    ...conditions(result, page),
    fact('the list', [`agreed with in ${agreeing} of the ${answered.length} classes that it decided`], page),
    fact(
      'searched',
      [
        `${result.isInterrupted ? 'some' : 'all'} sequences of up to ${counted(result.depth, 'event')} per class (${counted(sequences.exhaustive, 'sequence')}), ` +
          `${counted(sequences.random, 'random sequence')}, seed ${result.seed}`,
        ...(setAside === 0
          ? []
          : [`${counted(setAside, 'difference')} of random sequences set aside: several events cut short at once`]),
      ],
      page,
    ),
    fact('run', [`${seconds.toFixed(1)} s${rate}`], page),
  ];
}

/** What `yes, if` stands for: one condition, and what breaks it. */
function conditions({ rows }: AnswerResult, page: Page): string[] {
  const conditional = rows.filter(
    ({ policies: [first] }) => first !== undefined && first.verdict !== 'no' && first.broken.length > 0,
  );
  const by = new Set(conditional.flatMap(({ policies: [first] }) => first!.broken.map((one) => one.by)));
  return by.size === 0 ? [] : [fact('yes, if', [`none of these: ${[...by].join('; ')}`], page)];
}

const contradictions = ({ rows }: AnswerResult): string =>
  rows
    .filter(({ expected, policies: [first] }) => first?.verdict !== expected)
    .map(({ name, expected, policies: [first] }) => `${name}: expected ${expected}, computed ${first?.verdict}`)
    .join('\n');
