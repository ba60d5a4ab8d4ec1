import type { Counterexample, CounterexampleStep } from '../../engine/counterexample.ts';
import { configurationText, eventText } from '../../report/event-text.ts';
import { toldSteps } from '../../report/told-steps.ts';
import type { SystemSpec } from '../../../spec/system.ts';
import { table } from './markdown.ts';

/** Sections that say what an event did, in the systems that have them. */
const always = ['step', 'delivery', 'entry', 'exit'];

/** A counterexample as a table of its events: what each may change, and what was seen instead. */
export function sequenceTable(found: Counterexample, spec: SystemSpec, who: string): string {
  const { config, events } = found.case;
  const steps = withoutTheRest(found);
  const told = toldSteps({ ...found, steps }, spec);
  const rows = steps.map(({ event, skipped, drained }, i) => {
    const { allowed, observed, changes } = told.steps[i]!;
    const says = [...allowed.map((phrase) => `**${phrase}**`), ...changes].join(', ');
    return [
      drained ? `+${i + 1 - events.length}` : String(i + 1),
      `\`${eventText(spec, event, config)}\``,
      skipped === undefined ? says || 'no change' : `skipped: ${skipped}`,
      observed.map((phrase) => `**${phrase}**`).join(', ') || 'same',
    ];
  });
  return table(['', 'event', 'allowed', who], rows);
}

/** The steps with changes in the sections alone that differ in the end: an entry or exit changes a hundred words. */
function withoutTheRest({ steps }: Counterexample): readonly CounterexampleStep[] {
  const sections = new Set([...always, ...steps.flatMap(({ differs }) => differs.map(({ section }) => section))]);
  return steps.map((step) => ({ ...step, allowed: step.allowed.filter(({ section }) => sections.has(section)) }));
}

/** What the sequence is played with, and beside, where that does not go without saying. */
export function circumstances({ case: { config }, variant }: Counterexample, spec: SystemSpec): string[] {
  const shown = configurationText(spec, config);
  const sides = variant?.events.map((event) => `\`${eventText(spec, event, variant.config)}\``).join(', ');
  return [
    ...(shown === '' ? [] : [`Configuration: ${shown}.`]),
    ...(sides === undefined ? [] : [`Played beside ${sides}, from which it should not be told apart.`]),
  ];
}
