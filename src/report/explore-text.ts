import type { SystemSpec } from '../../spec/system.ts';
import type { Cut, ExplorationResult } from '../engine/explore/exploration-result.ts';
import { bytesText } from './bytes-text.ts';
import { compact } from './compact.ts';
import { counted } from './counted.ts';
import { configurationText } from './event-text.ts';
import { fact, margin } from './fact.ts';
import { indent } from './layout.ts';
import type { Page } from './page.ts';

/** What an exploration came to, in a few lines. */
export function exploreText(result: ExplorationResult, spec: SystemSpec, page: Page): string {
  const { paint } = page;
  const [mark, colour] = looks(result, page);
  const headline = [
    `${colour(paint.bold(mark))} ${paint.bold(result.system)}`,
    result.implementation,
    colour(paint.bold(`${result.verdict}${result.cut === 'interrupted' ? ', interrupted' : ''}`)),
    paint.dim(`profile ${result.profile}, explored breadth first`),
  ].join('   ');
  const names = result.clauses.map((id) => id.slice(id.indexOf('/') + 1));
  const facts = [
    fact('states', statesLines(result), page),
    fact('depth', [depthText(result)], page),
    fact('judged', [`${counted(names.length, 'law')} in every state: ${names.join(', ')}`], page),
    fact('config', [configurationText(spec, result.config)], page),
    fact('run', [runText(result)], page),
  ];
  return [headline, indent(facts.join('\n'), margin)].join('\n');
}

/** How a violation was found: `1,204 states, 0.1 s, 17 events, none shorter`. */
export function foundText({ states, seconds, counterexample }: ExplorationResult): string {
  const events = counted(counterexample?.case.events.length ?? 0, 'event');
  return [counted(states, 'state'), `${seconds.toFixed(1)} s`, events, 'none shorter'].join(', ');
}

const cuts: Readonly<Record<Cut, string>> = {
  depth: 'the limit of depth',
  states: 'the limit of states',
  memory: 'the limit of memory',
  interrupted: 'an interruption',
};

function statesLines({ states, frontier, cut, verdict, quiescent, symmetry }: ExplorationResult): string[] {
  const all = verdict === 'conforms' ? 'all that can be reached' : notAll(frontier, cut);
  return [
    `${states.toLocaleString('en')}, ${all}`,
    `${quiescent.toLocaleString('en')} at rest with nothing on its way${symmetry ? '; those that differ in the places of equal agents count once' : ''}`,
  ];
}

const notAll = (frontier: number, cut: Cut | undefined): string => {
  const open = `${frontier.toLocaleString('en')} of them not gone on from`;
  return cut === undefined ? `${open}, for a law is broken` : `${open}: ${cuts[cut]} cut it`;
};

function depthText({ depth, verdict, transitions }: ExplorationResult): string {
  const farthest = verdict === 'conforms' ? 'to the state farthest away' : 'so far';
  return `${counted(depth, 'event')} ${farthest}; ${counted(transitions, 'transition')}`;
}

function runText({ seconds, states, tableBytes, peakBytes }: ExplorationResult): string {
  const rate = seconds > 0 ? ` (${compact(states / seconds)} states a second)` : '';
  return `${seconds.toFixed(1)} s${rate}, ${bytesText(peakBytes)}, of which the states take ${bytesText(tableBytes)}`;
}

function looks({ verdict }: ExplorationResult, { paint }: Page): readonly [string, (text: string) => string] {
  if (verdict === 'conforms') return ['✓', paint.green];
  return verdict === 'violates' ? ['✗', paint.red] : ['?', paint.yellow];
}
