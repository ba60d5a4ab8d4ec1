import { existsSync } from 'node:fs';
import type { Clause } from '../../spec/clause.ts';
import { replay } from '../engine/replay.ts';
import { underTest } from '../engine/under-test.ts';
import { exitCodes } from '../engine/verdict.ts';
import { caseText } from '../report/case-text.ts';
import { clauseText } from '../report/clause-text.ts';
import { loadCase } from './case-files.ts';
import { print, stdoutPage } from './output.ts';
import { loadFaults, sightings } from './registry/faults.ts';
import { loadSpecs, loadSystem } from './registry/systems.ts';
import { replayText } from './replay.ts';
import { unknownName } from './unknown-name.ts';

/** `virq explain`: a case file, or else a clause. */
export async function explain(subject: string): Promise<number> {
  return subject.endsWith('.json') || existsSync(subject) ? explainCase(subject) : explainClause(subject);
}

async function explainClause(id: string): Promise<number> {
  const clauses = (await loadSpecs()).flatMap((spec) => Object.values(spec.clauses));
  const clause = theOne(clauses, id);
  const { properties } = await loadSystem(clause.system);
  const faults = await loadFaults(clause.system);
  const company = {
    properties: properties.filter(({ judges }) => judges.includes(clause.name)),
    faults: faults
      .filter(({ breaks }) => breaks.includes(clause.name))
      .map((fault) => ({ id: fault.id, wrong: fault.wrong, seen: sightings(fault) })),
  };
  print(`${clauseText(clause, company, stdoutPage())}\n`);
  return 0;
}

/** The system may be left out where the name alone says which clause it is. */
function theOne(clauses: readonly Clause[], id: string): Clause {
  const found = clauses.find((clause) => clause.id === id) ?? onlyOne(clauses.filter(({ name }) => name === id));
  if (found) return found;
  const names = id.includes('/') ? clauses.map((clause) => clause.id) : clauses.map(({ name }) => name);
  throw unknownName('clause or case file', id, names);
}

const onlyOne = <T>(items: readonly T[]): T | undefined => (items.length === 1 ? items[0] : undefined);

async function explainCase(file: string): Promise<number> {
  const stored = await loadCase(file);
  const system = await loadSystem(stored.system);
  const iut = underTest(
    'reference',
    system.model(() => {}),
  );
  const played = await replay({ system, iut, case: stored });
  if (played.outcome !== 'passes') {
    print(`${replayText(file, played, system, 'reference')}\n`);
    return played.outcome === 'fails' ? exitCodes.violates : exitCodes['not-applicable'];
  }
  print(`${caseText(stored, played.explanation.steps, system.spec, stdoutPage())}\n`);
  return 0;
}
