import { indent, wrap } from './layout.ts';
import type { Page } from './page.ts';

/** Where reports begin their lines, under a headline. */
export const margin = 3;

const caption = 10;

/** A caption and its lines, wrapped: the first stands out, the others are dim. */
export function fact(name: string, lines: readonly string[], { width, paint }: Page): string {
  const [first = '', ...rest] = lines.flatMap((line) => wrap(line, width - margin - caption));
  return written(name, first, rest, paint);
}

/** A caption and a line that must stay in one piece, to be copied. */
export const command = (name: string, line: string, { paint }: Page): string => written(name, line, [], paint);

const written = (name: string, first: string, rest: readonly string[], paint: Page['paint']): string =>
  [`${paint.dim(name.padEnd(caption))}${first}`, ...rest.map((line) => indent(paint.dim(line), caption))].join('\n');

/** A rule in quotation marks. */
export const quoted = (text: string): string => `“${text}”`;
