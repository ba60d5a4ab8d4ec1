import { isTestable, type Clause } from '../../../spec/clause.ts';
import { sourceText } from '../../../spec/source.ts';
import type { SystemSpec } from '../../../spec/system.ts';
import type { CampaignResult } from '../../engine/campaign-result.ts';
import type { Evidence, FaultOutcome } from './gather.ts';

/** The generated part of the conformance statement: one section per system. */
export const statement = (evidence: readonly Evidence[]): string => evidence.map(sectionOf).join('\n\n');

function sectionOf(evidence: Evidence): string {
  const { spec } = evidence.system;
  const clauses = Object.values(spec.clauses);
  const testable = clauses.filter(isTestable);
  const caught = evidence.faults.filter(({ result }) => result.verdict === 'violates');
  return [
    `## ${spec.name}: ${spec.title}`,
    `${testable.length} testable clauses, ${clauses.length - testable.length} excluded; ` +
      `${evidence.system.properties.length} properties besides refinement; ` +
      `${caught.length} of ${evidence.faults.length} faults caught.`,
    implementations(evidence),
    `### Clauses of ${spec.name}`,
    clauseTable(evidence, testable),
    `### Faults of ${spec.name}`,
    faultTable(evidence.faults),
    `### Excluded from ${spec.name}`,
    excludedTable(clauses.filter((clause) => !isTestable(clause))),
    ...statements(spec),
  ].join('\n\n');
}

/** Where each statement of the document went that started the system. */
const statements = ({ name, seed, statements = [] }: SystemSpec): string[] =>
  statements.length === 0
    ? []
    : [
        `### Statements of seed ${seed} in ${name}`,
        table(
          ['statement', 'made by', 'clauses', 'where sources disagree'],
          statements.map(({ statement, by, clauses, note }) => [
            statement,
            by,
            clauses.map((clause) => `\`${clause}\``).join(', '),
            note ?? '–',
          ]),
        ),
      ];

function implementations({ optimized, adapters }: Evidence): string {
  const rows = [...optimized, ...adapters].map((result) => {
    const reached = Object.values(result.coverage).filter((count) => count > 0).length;
    const judged = Object.keys(result.coverage).length;
    const apart = Object.keys(result.notApplicable).length;
    const known = result.baseline.map(({ id, outcome }) => (outcome === 'occurs' ? id : `${id} (stale)`));
    return [
      result.implementation,
      result.profile,
      result.verdict,
      String(result.sequences),
      `${reached} of ${judged}`,
      String(apart),
      known.join(', ') || '–',
    ];
  });
  return table(
    ['implementation', 'profile', 'verdict', 'sequences', 'clauses reached', 'not applicable', 'known deviations'],
    rows,
  );
}

function clauseTable({ system, optimized, faults, adapters }: Evidence, clauses: readonly Clause[]): string {
  const others = [...new Set(adapters.map(({ implementation }) => implementation))];
  const rows = clauses.map((clause) => [
    `\`${clause.name}\`<br>${clause.rule}<br>*${clause.source.map(sourceText).join('; ')}*`,
    clause.keyword,
    judges(system.properties, clause).join(', '),
    faultsOf(faults, clause).join(', ') || '–',
    standing(optimized, clause),
    ...others.map((name) =>
      standing(
        adapters.filter(({ implementation }) => implementation === name),
        clause,
      ),
    ),
  ]);
  return table(['clause', 'keyword', 'judged by', 'faults caught by it', 'optimized', ...others], rows);
}

const judges = (properties: Evidence['system']['properties'], { name }: Clause): string[] => [
  'refinement',
  ...properties.filter(({ judges }) => judges.includes(name)).map(({ id }) => id),
];

const faultsOf = (faults: readonly FaultOutcome[], { id }: Clause): string[] =>
  faults
    .filter(({ result }) => result.counterexamples.some(({ clause }) => clause === id))
    .map(({ fault }) => fault.id);

/** What the campaigns of one implementation say of a clause: holds, broken, not reached, not applicable. */
function standing(results: readonly CampaignResult[], { id }: Clause): string {
  const judged = results.filter(({ coverage }) => id in coverage);
  if (judged.some(({ counterexamples }) => counterexamples.some(({ clause }) => clause === id))) return 'broken';
  if (judged.some(({ coverage, notApplicable }) => coverage[id] > 0 && !(id in notApplicable))) return 'holds';
  if (judged.length > 0 && judged.every(({ notApplicable }) => id in notApplicable)) return 'n/a';
  return judged.length === 0 ? '–' : 'not reached';
}

function faultTable(faults: readonly FaultOutcome[]): string {
  const rows = faults.map(({ fault, result }) => {
    const [found] = result.counterexamples;
    return [
      `\`${fault.id}\`<br>${fault.wrong}`,
      fault.seen.map(({ project, change, year }) => [project, change, year].filter(Boolean).join(', ')).join('; ') ||
        '–',
      found === undefined ? '**not caught**' : `\`${found.clause.replace(/^[^/]+\//, '')}\``,
      found === undefined ? '–' : found.property,
      found === undefined ? '–' : String(found.case.events.length),
      found === undefined ? '–' : String(found.foundAfter),
    ];
  });
  return table(
    ['fault', 'where it really happened', 'clause', 'found by', 'events, shrunk', 'sequences until found'],
    rows,
  );
}

const excludedTable = (clauses: readonly Clause[]): string =>
  table(
    ['not judged', 'why'],
    clauses.map(({ name, rule, excluded = '' }) => [`\`${name}\`<br>${rule}`, excluded]),
  );

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
