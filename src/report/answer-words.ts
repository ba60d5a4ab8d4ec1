import type { SystemSpec } from '../../spec/system.ts';
import type { AnswerRow, AnswerVerdict, BesideRow, Met, PolicyAnswer } from '../engine/answer/answer-result.ts';
import { outcomesOf, sequenceText } from './answer-trace.ts';
import { counted } from './counted.ts';
import { configurationText } from './event-text.ts';

const verdicts: Readonly<Record<AnswerVerdict, string>> = {
  yes: 'yes',
  no: 'no',
  conditional: 'it depends',
  kept: 'injects it',
  unknown: 'not met',
};

/** A verdict in two words at the most. */
export const verdictText = ({ verdict, broken }: PolicyAnswer): string =>
  verdict === 'yes' && broken.length > 0 ? 'yes, if' : verdicts[verdict];

/** What others answered, against what was computed. */
export const othersText = ({ others: { said, agrees } }: AnswerRow): string =>
  said === undefined ? '–' : agrees === undefined ? said : `${agrees ? '✓' : '✗'} ${said}`;

const times = ({ met }: Met): string => met.toLocaleString('en');

/** What shows a `no`, or how far a `yes` was looked for: in phrases. */
export function evidenceOf(row: BesideRow & Partial<Pick<AnswerRow, 'scope'>>, spec: SystemSpec): string[] {
  const [first] = row.policies;
  if (first === undefined) return [];
  const { shortest, verdict } = first;
  if (shortest !== undefined) {
    const [normative, other] = outcomesOf(shortest, spec);
    const config = configurationText(spec, shortest.config);
    return [
      `${sequenceText(shortest, spec)}${config === '' ? '' : ` (${config})`}`,
      `${normative} becomes ${other}${shortest.isConfirmed ? '' : ' (the model does not confirm it)'}`,
    ];
  }
  if (verdict === 'unknown') return ['the search did not meet it'];
  const { scope } = row;
  const { exhaustive, random } = first;
  const inherent = verdict === 'conditional' ? first.broken.find((one) => one.isInherent)?.shortest : undefined;
  return [
    ...(scope === undefined || exhaustive.met === 0
      ? []
      : [`the same ${times(exhaustive)} times, in all sequences of up to ${counted(scope.depth, 'event')}`]),
    ...(random.met === 0 ? [] : [`the same ${times(random)} times in random sequences`]),
    ...(inherent === undefined
      ? []
      : [`but ${sequenceText(inherent, spec)}`, outcomesOf(inherent, spec).join(' becomes ')]),
  ];
}

/** What breaks the condition of a class: `an interrupt is pending: obstruct page; int3; external 0x31`. */
export const brokenOf = ({ policies: [first] }: BesideRow, spec: SystemSpec): string[] =>
  (first?.broken ?? []).flatMap(({ by, shortest }) => {
    if (shortest === undefined) return [];
    const config = configurationText(spec, shortest.config);
    return [`not if ${by}: ${sequenceText(shortest, spec)}${config === '' ? '' : ` (${config})`}`];
  });
