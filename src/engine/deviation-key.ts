import type { Finding } from './finding.ts';

/** What two findings have in common that are the same deviation: the clause, and the words that differ. */
export const deviationKey = ({ clause, signature }: Pick<Finding, 'clause' | 'signature'>): string =>
  [clause, ...signature].join(' ');
