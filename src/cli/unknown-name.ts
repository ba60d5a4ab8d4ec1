import { closest } from '../engine/closest.ts';
import { UsageError } from './usage-error.ts';

/** Longer lists are for `virq list`. */
const listable = 12;

/** Says that a name is none of those there are, and which one was probably meant. */
export function unknownName(what: string, word: string, names: readonly string[]): UsageError {
  const meant = closest(word, names);
  const all = names.length <= listable ? `There is: ${names.join(', ')}.` : 'See virq list.';
  return new UsageError(`there is no ${what} '${word}'`, meant === undefined ? all : `Did you mean '${meant}'?`);
}
