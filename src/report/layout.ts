import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';

/** Columns that a text takes on a terminal; colours take none. The reports use no wide characters. */
export const widthOf = (text: string): number =>
  Math.max(0, ...text.split('\n').map((line) => stripVTControlCharacters(line).length));

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
 * narrowed; of the others, those give way whose narrowing costs the fewest lines, and the first one, which has the names,
 * not so soon.
 */
export function columns(rows: readonly (readonly Cell[])[], width: number, rigid: readonly number[] = []): string {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widest = (c: number): number =>
    Math.max(1, ...rows.map((row) => widthOf(cellLines(row[c], Infinity).join('\n'))));
  const widths = Array.from({ length: count }, (_, c) => widest(c));
  const total = (): number => widths.reduce((sum, columnWidth) => sum + columnWidth, gap * (count - 1));
  const height = (c: number, columnWidth: number): number =>
    rows.reduce((sum, row) => sum + cellLines(row[c], columnWidth).length, 0);
  const names = rigid.includes(0) ? 1 : 0;
  while (total() > width) {
    const flexible = [...widths.keys()].filter((c) => !rigid.includes(c) && widths[c]! > readable);
    const [cheapest] = flexible
      .map((c) => ({ c, cost: (c === names ? 2 : 1) * (height(c, widths[c]! - 1) - height(c, widths[c]!)) }))
      .toSorted((a, b) => a.cost - b.cost || widths[b.c]! - widths[a.c]!);
    if (!cheapest) break;
    widths[cheapest.c]!--;
  }
  const table = new Table({
    chars: bare,
    style: { 'padding-left': 0, 'padding-right': gap, head: [], border: [], compact: true },
    colWidths: widths.map((columnWidth) => columnWidth + gap),
  });
  for (const row of rows) table.push(widths.map((columnWidth, c) => cellLines(row[c], columnWidth).join('\n')));
  return table.toString().split('\n').map(trimEnd).join('\n');
}

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
