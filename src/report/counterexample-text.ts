import { sourceText } from '../../spec/source.ts';
import type { SystemSpec } from '../../spec/system.ts';
import type { Counterexample, CounterexampleStep } from '../engine/counterexample.ts';
import { clauseOf } from './clause-of.ts';
import { configurationText, eventText } from './event-text.ts';
import { command, fact, margin, quoted } from './fact.ts';
import { columns, indent, widthOf, wrap, type Cell } from './layout.ts';
import type { Page } from './page.ts';
import { phraseReader } from './step-phrases.ts';

/** What is known about a counterexample besides itself. */
export interface Surroundings {
  readonly spec: SystemSpec;
  /** File that the case was stored in, if it was. */
  readonly file?: string | undefined;
  /** What the property claims, where it is not refinement. */
  readonly claim?: string | undefined;
}

/** A counterexample as a person reads it: what went wrong, step by step, against which rule, and how to see it again. */
export function counterexampleText(found: Counterexample, { spec, file, claim }: Surroundings, page: Page): string {
  const blocks = [headline(found, page), indent(stepTable(found, spec, page), margin)];
  const facts = [
    ...(claim === undefined ? [] : [fact('property', [found.property, quoted(claim)], page)]),
    fact('clause', clauseLines(found, spec), page),
    fact('config', [configurationText(spec, found.case.config) || 'the default one'], page),
    ...(file === undefined ? [] : [command('replay', replayCommand(found, file), page)]),
  ];
  return [...blocks, indent(facts.join('\n'), margin)].join('\n\n');
}

/** `virq replay <file> --impl <name>`, quoted for a shell where need be. */
export const replayCommand = ({ implementation }: Counterexample, file: string): string =>
  `npx virq replay ${shellWord(file)} --impl ${shellWord(implementation)}`;

const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

function headline(found: Counterexample, { width, paint }: Page): string {
  const history = `(${foundText(found)})`;
  const lead = `✗ ${found.system}   ${found.implementation}   `;
  const plain = `${lead}${found.summary}   ${history}`;
  const painted = `${paint.red(paint.bold('✗'))} ${paint.bold(found.system)}   ${found.implementation}   `;
  if (widthOf(plain) <= width) return `${painted}${paint.bold(found.summary)}   ${paint.dim(history)}`;
  const oneLine = widthOf(lead) + widthOf(found.summary) <= width;
  const summary = oneLine
    ? [`${painted}${paint.bold(found.summary)}`]
    : [painted.trimEnd(), ...wrap(found.summary, width - margin).map((line) => indent(paint.bold(line), margin))];
  return [...summary, indent(paint.dim(history), margin)].join('\n');
}

/** How it was found: `412 sequences, 0.3 s, shrunk 37 → 4 events`. */
export function foundText(found: Counterexample): string {
  const events = found.case.events.length;
  const length = found.foundEvents > events ? `shrunk ${found.foundEvents} → ${events} events` : `${events} events`;
  const when = found.foundAfter === 0 ? 'from the corpus' : `${found.foundAfter.toLocaleString('en')} sequences`;
  const seconds = found.foundSeconds === undefined ? [] : [`${found.foundSeconds.toFixed(1)} s`];
  return [when, ...seconds, length].join(', ');
}

function stepTable(found: Counterexample, spec: SystemSpec, page: Page): string {
  const { width, paint } = page;
  const read = phraseReader(spec, found.case.config);
  const last = found.steps.length - 1;
  const rows = found.steps.map((step, i) => {
    const { allowed, observed, changes } = read(step);
    const here = observed.length > 0 || i === last;
    const allows = [...allowed.map((phrase) => paint.green(phrase)), ...changes];
    return [
      String(i + 1).padStart(3),
      eventText(spec, step.event, found.case.config),
      allowedCell(step, allows, page),
      observed.length === 0 ? paint.dim('same') : observed.map((phrase) => paint.red(phrase)),
      here ? paint.red('← here') : '',
    ];
  });
  const head = ['step', 'event', 'allowed', 'observed', ''].map((name) => paint.dim(name));
  return columns([head, ...rows], width - margin, [0, 4]);
}

/** What the model does in a step: the phrases, or why there are none. */
function allowedCell({ skipped }: CounterexampleStep, phrases: readonly string[], { paint }: Page): Cell {
  if (skipped !== undefined) return paint.dim(`skipped: ${skipped}`);
  return phrases.length === 0 ? paint.dim('no change') : phrases;
}

function clauseLines(found: Counterexample, spec: SystemSpec): string[] {
  const clause = clauseOf(spec, found.clause);
  if (!clause) return [found.clause];
  return [clause.id, quoted(clause.rule), clause.source.map(sourceText).join('; ')];
}
