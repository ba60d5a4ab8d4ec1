import { createColors } from 'picocolors';

/** What a text is laid out for: so many columns, with colours or without. */
export interface Page {
  readonly width: number;
  readonly paint: ReturnType<typeof createColors>;
}

/** The part of an output stream that decides how a page looks. */
interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Columns where nobody says how many there are: a file, a pipe, a build log. */
const widthOfFiles = 100;

/** Lines longer than this are hard to follow across; narrower than the other, tables stop making sense. */
const widest = 140;
const narrowest = 60;

/** A page without colours. */
export const plainPage = (width: number = widthOfFiles): Page => ({ width, paint: createColors(false) });

/** The page that a stream asks for. */
export function pageOf(stream: Stream, env: Readonly<Record<string, string | undefined>>): Page {
  const columns = stream.isTTY === true ? stream.columns || 80 : Number(env['COLUMNS']) || widthOfFiles;
  return {
    width: Math.min(Math.max(columns, narrowest), widest),
    paint: createColors(wantsColours(stream, env)),
  };
}

/** Colours are for terminals; FORCE_COLOR and NO_COLOR (no-color.org) have the last word. */
export function wantsColours(stream: Stream, env: Readonly<Record<string, string | undefined>>): boolean {
  if (env['NO_COLOR']) return false;
  const force = env['FORCE_COLOR'];
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false';
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}
