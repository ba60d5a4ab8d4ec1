import type { SystemSpec } from '../../spec/system.ts';
import type { ToldApart, TraceStep } from '../engine/answer/answer-result.ts';
import type { Change } from '../engine/counterexample.ts';
import { eventText } from './event-text.ts';
import { deliveredName } from './idt-vectoring-words.ts';
import { phraseReader } from './step-phrases.ts';
import { readField } from './words.ts';

/** Flags that every delivery changes. */
const changedByAll = 0x7;

/** What the traces tell, beside the handlers that are reached: exits, and what the guest finds in its registers. */
const told: readonly string[] = ['delivery', 'exit', 'guest', 'pending'];

/** One event, and what follows under both policies. */
export interface TracedEvent {
  readonly event: string;
  /** Added to bring the guest back. */
  readonly isAdded: boolean;
  readonly normative: readonly string[];
  readonly other: readonly string[];
}

/** What the guest sees of a sequence under each policy, event by event. */
export function traceOf({ config, events, length, normative, other }: ToldApart, spec: SystemSpec): TracedEvent[] {
  const readers = [phraseReader(spec, config), phraseReader(spec, config)] as const;
  return events.map((event, i) => {
    const read = (side: 0 | 1, step: TraceStep): readonly string[] =>
      step.isSkipped
        ? []
        : readers[side]({ event, allowed: worthTelling(step.changes), differs: [], clauses: [] }).changes;
    return {
      event: eventText(spec, event, config),
      isAdded: i >= length,
      normative: read(0, normative[i]!),
      other: read(1, other[i]!),
    };
  });
}

function worthTelling(changes: readonly Change[]): Change[] {
  const isDelivery = changes.some(({ section, to }) => section === 'delivery' && to !== 0);
  return changes
    .filter(({ section }) => told.includes(section))
    .filter(({ section, field }) => section !== 'guest' || field !== 'rip' || !isDelivery)
    .map((change) => (change.section === 'guest' && change.field === 'flags' ? withoutCommon(change) : change))
    .filter(({ from, to }) => from !== to);
}

const withoutCommon = (change: Change): Change => ({
  ...change,
  from: change.from & ~changedByAll,
  to: change.to & ~changedByAll,
});

/** What came of a sequence: the handlers that were reached, and what is otherwise in the end. */
interface Outcome {
  readonly reached: string[];
  readonly words: Map<string, Change>;
}

function outcomeOf(steps: readonly TraceStep[]): Outcome {
  const reached: string[] = [];
  const words = new Map<string, Change>();
  for (const { changes } of steps) {
    const delivered = changes.filter(({ section, to }) => section === 'delivery' && to !== 0);
    for (const { field, to } of delivered) if (field === 'event') reached.push(deliveredName(to & 0xff));
    for (const change of changes) {
      if (change.section === 'guest' || change.section === 'pending') {
        words.set(`${change.section}.${change.field}`, change);
      }
    }
  }
  return { reached, words };
}

/** `#GP` against `0x20`; where the same handlers are reached, what else is different. */
export function outcomesOf({ config, normative, other }: ToldApart, spec: SystemSpec): readonly [string, string] {
  const [a, b] = [outcomeOf(normative), outcomeOf(other)];
  const isShutdown = ({ words }: Outcome): boolean => ((words.get('guest.flags')?.to ?? 0) & 0x100) !== 0;
  const names = (one: Outcome): string =>
    [...one.reached, ...(isShutdown(one) ? ['shutdown'] : [])].join(', ') || 'nothing';
  if (names(a) !== names(b)) return [names(a), names(b)];
  const differing = [...new Set([...a.words.keys(), ...b.words.keys()])].filter(
    (key) => (a.words.get(key)?.to ?? 0) !== (b.words.get(key)?.to ?? 0) && key !== 'guest.rip',
  );
  const read = (one: Outcome, against: Outcome): string =>
    differing
      .map((key) => {
        const [section, field] = key.split('.') as [string, string];
        const value = one.words.get(key)?.to ?? 0;
        return readField(spec, { section, field }, value, [against.words.get(key)?.to ?? 0], config);
      })
      .join(', ');
  return differing.length === 0 ? [names(a), names(b)] : [read(a, b), read(b, a)];
}

/** The events of a sequence, without what was added: `obstruct page; fault 13`. */
export const sequenceText = ({ config, events, length }: ToldApart, spec: SystemSpec): string =>
  events
    .slice(0, length)
    .map((event) => eventText(spec, event, config))
    .join('; ');
