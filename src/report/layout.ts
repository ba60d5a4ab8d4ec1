import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';

/** Columns that a text takes on a terminal; colours take none. The reports use no wide characters. */
export const widthOf = (text: string): number =>
  Math.max(
    0,
    ...text.split('\n').map((line) => (line.includes('\u001b') ? stripVTControlCharacters(line) : line).length),
  );

/** Breaks a text at spaces into lines of at most `width` columns; a longer word stands alone. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((piece) => piece !== '')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && widthOf(longer) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  if (line !== '') lines.push(line);
  return lines;
}

/** Every line of a block, moved to the right. */
export const indent = (block: string, by: number): string =>
  block
    .split('\n')
    .map((line) => (line === '' ? line : ' '.repeat(by) + line))
    .join('\n');

const bare = {
  top: '', 'top-mid': '', 'top-left': '', 'top-right': '',
  bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '',
  left: '', 'left-mid': '', mid: '', 'mid-mid': '',
  right: '', 'right-mid': '', middle: '',
}; // prettier-ignore

const gap = 2;

/** A cell: a text, or phrases that are set off by commas and broken up only where one alone is too long. */
export type Cell = string | readonly string[];

/**
 * Columns without rules between them, wrapped into `width`. `rigid` names the columns (by number) that are never
 * narrowed; the others share what is left so that the table gets as short as it can.
 */
export function columns(rows: readonly (readonly Cell[])[], width: number, rigid: readonly number[] = []): string {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = fit(rows, count, width - gap * (count - 1), rigid);
  const table = new Table({
    chars: bare,
    style: { 'padding-left': 0, 'padding-right': gap, head: [], border: [], compact: true },
    colWidths: widths.map((columnWidth) => columnWidth + gap),
  });
  for (const row of rows) table.push(widths.map((columnWidth, c) => cellLines(row[c], columnWidth).join('\n')));
  return table.toString().split('\n').map(trimEnd).join('\n');
}

/** Widths of columns that fit: each narrowed where that costs the fewest lines, then evened out. */
function fit(rows: readonly (readonly Cell[])[], count: number, available: number, rigid: readonly number[]): number[] {
  // Long tables are fitted by some of their rows.
  const sample = rows.filter((_, r) => r % Math.ceil(rows.length / sampled) === 0);
  const lines = new Map<number, number>();
  const linesOf = (r: number, c: number, columnWidth: number): number => {
    const key = (r * count + c) * 1000 + columnWidth;
    const known = lines.get(key) ?? cellLines(sample[r]![c], columnWidth).length;
    lines.set(key, known);
    return known;
  };
  // A line less in the table counts for more than any number of lines less in its cells.
  const cost = (widths: readonly number[]): number =>
    sample.reduce((sum, _, r) => {
      const heights = widths.map((columnWidth, c) => linesOf(r, c, columnWidth));
      return sum + 1000 * Math.max(...heights) + heights.reduce((all, height) => all + height, 0);
    }, 0);
  const widest = (c: number): number =>
    Math.max(1, ...rows.map((row) => widthOf(cellLines(row[c], Infinity).join('\n'))));
  const flexible = Array.from({ length: count }, (_, c) => c).filter((c) => !rigid.includes(c));
  let widths = Array.from({ length: count }, (_, c) => widest(c));
  const changed = (from: number, to: number | undefined, by: number): number[] =>
    widths.map((columnWidth, c) => columnWidth + (c === to ? by : 0) - (c === from ? by : 0));
  const cheapest = (candidates: readonly number[][]): number[] | undefined =>
    candidates
      .filter((candidate) => flexible.every((c) => candidate[c]! >= Math.min(readable, widths[c]!)))
      .map((candidate) => ({ candidate, price: cost(candidate) }))
      .toSorted((a, b) => a.price - b.price || Math.max(...a.candidate) - Math.max(...b.candidate))[0]?.candidate;

  while (widths.reduce((sum, columnWidth) => sum + columnWidth, 0) > available) {
    const next = cheapest(flexible.map((c) => changed(c, undefined, 1)));
    if (next === undefined) return widths;
    widths = next;
  }
  const shifts = flexible.flatMap((from) => flexible.filter((to) => to !== from).map((to) => ({ from, to })));
  for (;;) {
    const next = cheapest(shifts.flatMap(({ from, to }) => strides.map((by) => changed(from, to, by))));
    if (next === undefined || cost(next) >= cost(widths)) return widths;
    widths = next;
  }
}

/** Rows that decide the widths of a long table. */
const sampled = 30;

/** How far widths are moved from one column to another. */
const strides = [1, 2, 4, 8, 12];

/** Columns are not narrowed below this: what does not fit then is cut by the table. */
const readable = 12;

/** The lines of a cell: as many phrases on each as fit. */
function cellLines(cell: Cell | undefined, width: number): string[] {
  if (cell === undefined || cell === '') return [''];
  if (typeof cell === 'string') return cell.split('\n').flatMap((line) => wrap(breakLong(line, width), width));
  const lines: string[] = [];
  cell.forEach((phrase, i) => {
    const set = i === cell.length - 1 ? phrase : `${phrase},`;
    const longer = `${lines.at(-1)} ${set}`;
    if (lines.length > 0 && widthOf(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(...wrap(breakLong(set, width), width));
  });
  return lines;
}

/** A word longer than its column is broken at its hyphens and dots: clause ids and file names. */
const breakLong = (line: string, width: number): string =>
  line
    .split(' ')
    .map((word) => (widthOf(word) > width ? pieces(word, width) : word))
    .join(' ');

function pieces(word: string, width: number): string {
  const parts: string[] = [];
  for (const part of word.split(/(?<=[-/.,])/)) {
    const longer = `${parts.at(-1)}${part}`;
    if (parts.length > 0 && widthOf(longer) <= width) parts[parts.length - 1] = longer;
    else parts.push(part);
  }
  return parts.join(' ');
}

/** Takes the padding off the end of a line, also from between the codes of colours. */
// oxlint-disable-next-line no-control-regex -- the escape character is what is looked for
const trimEnd = (line: string): string => line.replace(/(?: |\u001b\[\d+m)+$/, (end) => end.replaceAll(' ', ''));
