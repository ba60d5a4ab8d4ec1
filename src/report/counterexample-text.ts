import { sourceText } from '../../spec/source.ts';
import type { SystemSpec } from '../../spec/system.ts';
import { preconditionClause } from '../engine/blame.ts';
import type { Counterexample, CounterexampleStep } from '../engine/counterexample.ts';
import { clauseOf } from './clause-of.ts';
import { configurationText, eventText } from './event-text.ts';
import { counted } from './counted.ts';
import { command, fact, margin, quoted } from './fact.ts';
import { columns, indent, widthOf, wrap, type Cell } from './layout.ts';
import type { Page } from './page.ts';
import { whatWentWrong } from './what-went-wrong.ts';
import { toldSteps, type ToldSteps } from './told-steps.ts';

/** What is known about a counterexample besides itself. */
export interface Surroundings {
  readonly spec: SystemSpec;
  /** File that the case was stored in, if it was. */
  readonly file?: string | undefined;
  /** What the property claims, where it is not refinement. */
  readonly claim?: string | undefined;
  /** It was not found but played again. */
  readonly replayed?: boolean;
  /** How it was found, where that was not by playing sequences. */
  readonly how?: string;
}

/** What the clauses of every system take for granted. */
const preconditionRule =
  'An event whose precondition holds is played; one whose precondition does not hold changes nothing.';

/** A counterexample as a person reads it: what went wrong, step by step, against which rule, and how to see it again. */
export function counterexampleText(
  found: Counterexample,
  { spec, file, claim, replayed, how }: Surroundings,
  page: Page,
): string {
  const told = toldSteps(found, spec);
  const blocks = [
    headline(found, whatWentWrong(found, spec, told), how ?? (replayed ? 'replayed' : foundText(found)), page),
    indent(stepTable(found, spec, told, page), margin),
  ];
  const facts = [
    ...(claim === undefined ? [] : [fact('property', [found.property, quoted(claim)], page)]),
    fact('clause', clauseLines(found, spec), page),
    ...(found.variant ? [fact('against', variantLines(found, spec), page)] : []),
    fact('config', [configurationText(spec, found.case.config) || 'the default one'], page),
    ...(found.unrepeatable
      ? [fact('note', ['It did not fail again when it was played alone: it is told as it went.'], page)]
      : []),
    ...(file === undefined ? [] : [command('replay', replayCommand(found, file), page)]),
  ];
  return [...blocks, indent(facts.join('\n'), margin)].join('\n\n');
}

/** `virq replay <file> --impl <name>`, quoted for a shell where need be. */
export const replayCommand = ({ implementation }: Counterexample, file: string): string =>
  `npx virq replay ${shellWord(file)} --impl ${shellWord(implementation)}`;

const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

function headline(found: Counterexample, what: string, how: string, { width, paint }: Page): string {
  const history = `(${how})`;
  const lead = `✗ ${found.system}   ${found.implementation}   `;
  const plain = `${lead}${what}   ${history}`;
  const painted = `${paint.red(paint.bold('✗'))} ${paint.bold(found.system)}   ${found.implementation}   `;
  if (widthOf(plain) <= width) return `${painted}${paint.bold(what)}   ${paint.dim(history)}`;
  const oneLine = widthOf(lead) + widthOf(what) <= width;
  const summary = oneLine
    ? [`${painted}${paint.bold(what)}`]
    : [painted.trimEnd(), ...wrap(what, width - margin).map((line) => indent(paint.bold(line), margin))];
  return [...summary, indent(paint.dim(history), margin)].join('\n');
}

/** How it was found: `412 sequences, 0.3 s, shrunk 37 → 4 events`. */
function foundText(found: Counterexample): string {
  const events = found.case.events.length;
  const length = found.foundEvents > events ? `shrunk ${found.foundEvents} → ${events}` : String(events);
  const seconds = found.foundSeconds === undefined ? [] : [`${found.foundSeconds.toFixed(1)} s`];
  return [counted(found.foundAfter, 'sequence'), ...seconds, `${length} ${events === 1 ? 'event' : 'events'}`].join(
    ', ',
  );
}

function stepTable(found: Counterexample, spec: SystemSpec, told: ToldSteps, page: Page): string {
  const { width, paint } = page;
  const { config, events } = found.case;
  const last = found.steps.length - 1;
  const rows = found.steps.map((step, i) => {
    const { allowed, observed, changes } = told.steps[i]!;
    const shown = i === last && observed.length === 0 ? whetherPlayed(found, step) : observed;
    const here = shown.length > 0 || i === last;
    const text = eventText(spec, step.event, config);
    return [
      step.drained ? paint.dim(`+${i + 1 - events.length}`) : String(i + 1),
      step.drained ? paint.dim(text) : text,
      allowedCell(step, [...allowed.map((phrase) => paint.green(phrase)), ...changes], page),
      shown.length === 0 ? paint.dim('same') : shown.map((phrase) => paint.red(phrase)),
      here ? paint.red('← here') : '',
    ];
  });
  const head = ['step', 'event', 'allowed', 'observed', ''].map((name) => paint.dim(name));
  return columns([head, ...resetRows(told, page), ...rows], width - margin, [0, 4]);
}

/** An implementation that is wrong before any event. */
function resetRows({ reset }: ToldSteps, { paint }: Page): Cell[][] {
  if (reset === undefined) return [];
  const [allowed, observed] = [
    reset.allowed.map((one) => paint.green(one)),
    reset.observed.map((one) => paint.red(one)),
  ];
  return [['–', 'reset', allowed, observed, paint.red('← here')]];
}

/** The two may also disagree on whether an event means anything in the state that it meets. */
function whetherPlayed({ system, clause }: Counterexample, { skipped }: CounterexampleStep): string[] {
  if (clause !== preconditionClause(system)) return [];
  return [skipped === undefined ? 'not played' : 'played'];
}

/** What the model does in a step: the phrases, or why there are none. */
function allowedCell({ skipped }: CounterexampleStep, phrases: readonly string[], { paint }: Page): Cell {
  if (skipped !== undefined) return paint.dim(`skipped: ${skipped}`);
  return phrases.length === 0 ? paint.dim('no change') : phrases;
}

/** The other side of an equivalence. */
function variantLines({ case: { config }, variant }: Counterexample, spec: SystemSpec): string[] {
  if (!variant) return [];
  const events = variant.events.map((event) => eventText(spec, event, variant.config)).join('; ');
  const same = JSON.stringify(variant.config) === JSON.stringify(config);
  return [
    events || 'no events',
    ...(same ? [] : [`config: ${configurationText(spec, variant.config) || 'the default one'}`]),
  ];
}

function clauseLines(found: Counterexample, spec: SystemSpec): string[] {
  const clause = clauseOf(spec, found.clause);
  if (found.clause === preconditionClause(spec.name)) return [found.clause, quoted(preconditionRule)];
  if (!clause) return [found.clause];
  return [clause.id, quoted(clause.rule), clause.source.map(sourceText).join('; ')];
}
