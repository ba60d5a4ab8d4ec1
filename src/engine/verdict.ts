/**
 * What a run says of an implementation. The five are never mixed: a broken adapter is neither a pass nor a violation,
 * and a budget that ended early is not conformance.
 */
export type Verdict = 'conforms' | 'violates' | 'adapter-error' | 'inconclusive' | 'not-applicable';

/** Process exit code of each verdict; 2 is wrong usage. */
export const exitCodes: Readonly<Record<Verdict, number>> = {
  conforms: 0,
  'not-applicable': 0,
  violates: 1,
  'adapter-error': 3,
  inconclusive: 4,
};

const severity: readonly Verdict[] = ['not-applicable', 'conforms', 'inconclusive', 'adapter-error', 'violates'];

/** The verdict of several runs together: the worst of them. */
export const worst = (verdicts: readonly Verdict[]): Verdict =>
  verdicts.reduce<Verdict>((a, b) => (severity.indexOf(b) > severity.indexOf(a) ? b : a), 'not-applicable');
