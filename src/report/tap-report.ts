import { clauseOutcomes, type Outcome } from './clause-outcomes.ts';
import { counterexampleText } from './counterexample-text.ts';
import { indent } from './layout.ts';
import { plainPage } from './page.ts';
import type { Report } from './report.ts';

/** For the test harnesses of kernels and others: TAP version 14, one test point per clause. */
export function tapReport(report: Report): string {
  const lines = ['TAP version 14'];
  const outcomes = report.results.map((result) => clauseOutcomes(result, report.specs[result.system]!));
  lines.push(`1..${outcomes.flat().length}`);
  let number = 0;
  report.results.forEach((result, i) => {
    const { system, implementation, profile, seed, verdict } = result;
    lines.push(`# ${comment(`${system}: ${implementation}, profile ${profile}, seed ${seed}: ${verdict}`)}`);
    for (const outcome of outcomes[i]!) lines.push(testPoint(outcome, ++number, report));
  });
  return `${lines.join('\n')}\n`;
}

/** One line, whatever is in it. */
const comment = (text: string): string => text.replaceAll(/\s+/g, ' ');

/** In descriptions and reasons, `#` would begin a directive. */
const escaped = (text: string): string => comment(text).replaceAll('\\', '\\\\').replaceAll('#', '\\#');

function testPoint(one: Outcome, number: number, report: Report): string {
  const described = `${number} - ${escaped(one.id)}`;
  switch (one.outcome) {
    case 'pass':
      return `ok ${described}`;
    case 'skip':
      return `ok ${described} # SKIP ${escaped(one.reason)}`;
    case 'error':
      return `not ok ${described}\n${yaml({ severity: 'error', code: one.code, message: one.message })}`;
    case 'fail':
      return `not ok ${described}\n${yaml({ severity: 'fail', message: one.message }, texts(one, report))}`;
  }
}

const texts = ({ counterexamples }: Outcome & { outcome: 'fail' }, { specs, claims, files }: Report): string =>
  counterexamples
    .map((found) => {
      const { system, property } = found;
      const around = { spec: specs[system]!, file: files.get(found), claim: claims[`${system}/${property}`] };
      return counterexampleText(found, around, plainPage());
    })
    .join('\n\n');

/** A YAML diagnostic block; JSON strings are YAML strings. */
function yaml(fields: Readonly<Record<string, string>>, text = ''): string {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  if (text !== '') lines.push('counterexample: |', indent(text, 2));
  return indent(['---', ...lines, '...'].join('\n'), 2);
}
