import { counterexampleText } from './counterexample-text.ts';
import type { Page } from './page.ts';
import type { Report } from './report.ts';
import { summaryText } from './summary-text.ts';

/** For people: every counterexample, then what each system's run came to. */
export function terminalReport({ results, specs, claims, files }: Report, page: Page): string {
  const blocks = results.flatMap((result) => [
    ...result.counterexamples.map((found) =>
      counterexampleText(
        found,
        { spec: specs[result.system]!, file: files.get(found), claim: claims[`${result.system}/${found.property}`] },
        page,
      ),
    ),
    summaryText(result, page),
  ]);
  return `${blocks.join('\n\n')}\n`;
}
