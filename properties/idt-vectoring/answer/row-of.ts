import type { EventClass } from '../../../spec/idt-vectoring/event-classes.ts';
import type {
  AnswerRow,
  AnswerScope,
  AnswerVerdict,
  BesideRow,
  ConditionBroken,
  PolicyAnswer,
  ToldApart,
} from '../../../src/engine/answer/answer-result.ts';
import { transient } from './attribution.ts';
import type { Policy } from './comparison.ts';
import { replayOnModel } from './replay-on-model.ts';
import type { Finding, Tally } from './tally.ts';

/** The policies that are compared with injecting again, that of the question first. */
export const policies: readonly Policy[] = ['drop', 'drop-exceptions'];

const total = ({ exhaustive, random }: Finding): { readonly met: number; readonly differing: number } => ({
  met: exhaustive.met + random.met,
  differing: exhaustive.differing + random.differing,
});

const shortestOf = (found: Finding): { readonly shortest?: ToldApart } =>
  found.witness === undefined ? {} : { shortest: replayOnModel(found.policy, found, found.witness) };

function verdictOf(held: Finding, others: readonly Finding[]): AnswerVerdict {
  const all = [held, ...others].map(total);
  if (all.every(({ met }) => met === 0)) return 'unknown';
  if (total(held).differing > 0) return 'no';
  // What comes between breaks any condition; this one lies in the event itself.
  const isConditional = others.some((one) => one.broken === transient && total(one).differing > 0);
  if (isConditional) return total(held).met === 0 ? 'unknown' : 'conditional';
  if (total(held).met === 0) return 'unknown';
  return held.kept === total(held).met ? 'kept' : 'yes';
}

function policyAnswer(policy: Policy, name: string, tally: Tally): PolicyAnswer {
  const held = tally.at(policy, name, '');
  const others = tally.of(policy, name).filter(({ broken }) => broken !== '');
  const broken = others
    .filter((one) => total(one).differing > 0 || one.witness !== undefined)
    .map((one): ConditionBroken => ({
      by: one.broken,
      isInherent: one.broken === transient,
      exhaustive: { ...one.exhaustive },
      random: { ...one.random },
      ...shortestOf(one),
    }))
    .toSorted((a, b) => (a.shortest?.length ?? 0) - (b.shortest?.length ?? 0) || (a.by < b.by ? -1 : 1));
  return {
    policy,
    verdict: verdictOf(held, others),
    exhaustive: { ...held.exhaustive },
    random: { ...held.random },
    ...shortestOf(held),
    broken,
  };
}

/** What was found of something that is no class. */
export const besideRow = (name: string, description: string, tally: Tally): BesideRow => ({
  name,
  description,
  policies: policies.map((policy) => policyAnswer(policy, name, tally)),
});

/** What was found of a class. */
export function rowOf(event: EventClass, scope: AnswerScope, tally: Tally): AnswerRow {
  const { name, description, condition, expected, whatTheListAnswered: said, theListHeld } = event;
  const row = besideRow(name, description, tally);
  const { verdict } = row.policies[0]!;
  const isDecided = theListHeld !== undefined && theListHeld !== 'both' && verdict !== 'unknown';
  return {
    ...row,
    condition,
    expected,
    others: { ...(theListHeld !== undefined && { said }), ...(isDecided && { agrees: theListHeld === verdict }) },
    scope,
  };
}
