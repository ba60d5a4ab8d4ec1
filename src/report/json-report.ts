import type { CampaignResult } from '../engine/campaign-result.ts';
import type { Counterexample } from '../engine/counterexample.ts';
import { exitCodes, worst, type Verdict } from '../engine/verdict.ts';
import type { Report } from './report.ts';

/** Format tag of the JSON report; the number grows when old readers could misread a new document. */
export const reportFormat = 'virq-report/1';

/** The JSON report. */
export interface ReportDocument {
  readonly format: typeof reportFormat;
  /** Version of the suite that wrote it. */
  readonly version: string;
  /** The worst of the results, and the exit code that goes with it. */
  readonly verdict: Verdict;
  readonly exitCode: number;
  readonly results: readonly StoredResult[];
}

type StoredResult = Omit<CampaignResult, 'counterexamples'> & {
  /** Each with the file that its case was stored in; absent where it could not be. */
  readonly counterexamples: readonly (Counterexample & { readonly file?: string })[];
};

/** For programs: everything that the run found, as one document. */
export function jsonReport(report: Report): string {
  return `${JSON.stringify(reportDocument(report), null, 2)}\n`;
}

function reportDocument({ version, results, files }: Report): ReportDocument {
  const verdict = worst(results.map((result) => result.verdict));
  return {
    format: reportFormat,
    version,
    verdict,
    exitCode: exitCodes[verdict],
    results: results.map((result) => ({
      ...result,
      counterexamples: result.counterexamples.map((found) => {
        const file = files.get(found);
        return file === undefined ? found : { ...found, file };
      }),
    })),
  };
}
