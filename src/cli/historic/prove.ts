import type { Draft, Objection } from '../../../faults/draft.ts';
import type { Fault } from '../../../faults/fault.ts';
import type { AnyConfiguration, AnyEvent } from '../../../spec/alphabet.ts';
import type { Clause } from '../../../spec/clause.ts';
import type { Value } from '../../../spec/domain.ts';
import type { CampaignResult } from '../../engine/campaign-result.ts';
import { runCampaign } from '../../engine/campaign.ts';
import type { Counterexample } from '../../engine/counterexample.ts';
import { refinement } from '../../engine/finding.ts';
import { replay } from '../../engine/replay.ts';
import { everything } from '../../engine/scope.ts';
import type { SystemUnderCheck } from '../../engine/system-under-check.ts';
import { underTest, type AnyImplementation } from '../../engine/under-test.ts';

/** The same numbers find the same sequences on every machine. */
const seed = 1;
const runs = { focused: 700, whole: 500, rare: 4000, absence: 200 } as const;

/** Sections that are always compared: an implementation that is somewhere else altogether proves nothing. */
const whoRuns = ['step', 'machine'];

/** Counterexamples of different clauses that are looked through for the one that is wanted. */
const most = 6;

/** A sequence that proves an objection. */
export interface Proof {
  readonly found: Counterexample;
  /** What was checked: the draft, or the fault that has this one mistake. */
  readonly against: Fault;
  readonly clause: Clause;
}

/** The clauses of an objection that can be judged. */
export const clausesOf = ({ spec }: SystemUnderCheck, { clauses }: Objection): readonly Clause[] =>
  clauses.flatMap((name) => {
    const clause = spec.clauses[name];
    if (clause === undefined) throw new Error(`${spec.name} has no clause '${name}'`);
    return clause.keyword === 'undefined' ? [] : [clause];
  });

/**
 * Finds a sequence that breaks a clause of an objection, in the draft itself if possible. Nearly every exit of a draft
 * breaks something, so the draft is looked at through the sections alone in which these clauses are seen; whatever else
 * it does wrong is not judged then.
 */
export async function prove(
  system: SystemUnderCheck,
  draft: Draft,
  objection: Objection,
  fault: Fault,
): Promise<Proof | undefined> {
  const searches: readonly (readonly [Fault, () => Promise<Counterexample | undefined>])[] = [
    [draft, () => focused(system, draft, objection, runs.focused)],
    [draft, async () => matching(system, await whole(system, draft), objection)],
    [fault, async () => matching(system, await whole(system, fault), objection)],
    [fault, () => focused(system, fault, objection, runs.rare)],
    [fault, async () => suspected(system, await whole(system, fault), objection)],
  ];
  for (const [against, search] of searches) {
    if (objection.onlyWarned && against === draft) continue;
    const found = await search();
    if (found === undefined) continue;
    const clause = clausesOf(system, objection).find(({ id }) => id === found.clause);
    if (clause !== undefined) return { found: await asRefinement(system, against, found), against, clause };
  }
  return undefined;
}

/**
 * A law of two sides says that they differ, not where. The side with more in it is played again beside the model: where
 * that shows a mistake, it tells more. Events that it can do without are left out.
 */
async function asRefinement(system: SystemUnderCheck, against: Fault, found: Counterexample): Promise<Counterexample> {
  if (found.variant === undefined) return found;
  const iut = underTest(found.implementation, implementationOf(against), everything(system));
  const play = async (config: AnyConfiguration, events: readonly AnyEvent[]): Promise<Counterexample | undefined> => {
    const again = await replay({ system, iut, case: { ...found.case, config, events, property: refinement } });
    return again.outcome === 'fails' ? { ...again.counterexample, clause: found.clause } : undefined;
  };
  let shown = await play(found.variant.config, found.variant.events);
  if (shown === undefined) return found;
  for (let i = shown.case.events.length - 1; i >= 0; i--) {
    const shorter = await play(shown.case.config, shown.case.events.toSpliced(i, 1));
    if (shorter !== undefined && deviationOf(shorter) === deviationOf(shown)) shown = shorter;
  }
  return shown;
}

/** The words in which the last step differs. */
const deviationOf = ({ steps }: Counterexample): string =>
  (steps.at(-1)?.differs ?? []).map(({ section, index, field }) => `${section}#${index}.${field}`).join(' ');

/** The counterexample of one of the clauses, seen in their sections; `undefined` if there is none. */
async function focused(
  system: SystemUnderCheck,
  fault: Fault,
  objection: Objection,
  sequences: number,
): Promise<Counterexample | undefined> {
  const sections = clausesOf(system, objection).flatMap(({ seenBy }) => seenBy.map((place) => place.split('.')[0]!));
  const shows = [...new Set([...whoRuns.filter((section) => section in system.spec.observation), ...sections])];
  for (const stopAfter of [1, most]) {
    const result = await campaign(system, fault, { shows, stopAfter, runs: sequences, laws: false });
    const found = matching(system, result, objection);
    if (found !== undefined || result.counterexamples.length < stopAfter) return found;
  }
  return undefined;
}

/** Whether an implementation does in a sequence what another one did there. */
export async function doesTheSame(system: SystemUnderCheck, fault: Fault, found: Counterexample): Promise<boolean> {
  const shows = [...new Set((found.steps.at(-1)?.differs ?? []).map(({ section }) => section))];
  const iut = underTest(`fault:${fault.id}`, implementationOf(fault), { ...everything(system), shows });
  const again = await replay({ system, iut, case: { ...found.case, property: refinement } });
  return again.outcome === 'fails' && deviationOf(again.counterexample) === deviationOf(found);
}

/** Whether the revised draft still breaks one of the clauses. */
export const still = async (system: SystemUnderCheck, fault: Fault, objection: Objection): Promise<boolean> =>
  (await focused(system, fault, objection, runs.absence)) !== undefined;

/** Nothing is left out, and laws and equivalences judge, too. */
async function whole(system: SystemUnderCheck, fault: Fault): Promise<CampaignResult> {
  const shows = everything(system).shows;
  const known = campaigns.get(fault.id);
  const result = known ?? (await campaign(system, fault, { shows, stopAfter: most, runs: runs.whole, laws: true }));
  campaigns.set(fault.id, result);
  return result;
}

const campaigns = new Map<string, CampaignResult>();

interface Extent {
  readonly shows: readonly string[];
  readonly stopAfter: number;
  readonly runs: number;
  readonly laws: boolean;
}

function campaign(system: SystemUnderCheck, fault: Fault, extent: Extent): Promise<CampaignResult> {
  const { shows, stopAfter, runs: sequences, laws } = extent;
  const supports = Object.fromEntries(
    Object.entries(fault.config ?? {}).map(([key, value]) => [key, [value as Value]]),
  );
  const iut = underTest(`fault:${fault.id}`, implementationOf(fault), { ...everything(system), shows, supports });
  const profile = fault.profile ?? Object.keys(system.spec.profiles)[0]!;
  const shares = laws ? {} : { lawShare: 0, equivalenceShare: 0 };
  return runCampaign({ system, iut, profile, seed, runs: sequences, stopAfter, ...shares });
}

const implementationOf = (fault: Fault): AnyImplementation => fault.words?.() ?? fault.model!(() => {});

const matching = (
  system: SystemUnderCheck,
  { counterexamples }: CampaignResult,
  objection: Objection,
): Counterexample | undefined =>
  counterexamples.find(({ clause }) => clausesOf(system, objection).some(({ id }) => id === clause));

/**
 * The counterexample of a fault in which one of the clauses decided the step and is seen in a word that differs: several
 * clauses may decide one step, and the fault has one mistake only.
 */
function suspected(
  system: SystemUnderCheck,
  { counterexamples }: CampaignResult,
  objection: Objection,
): Counterexample | undefined {
  for (const { id, seenBy } of clausesOf(system, objection)) {
    const found = counterexamples.find(({ steps }) => {
      const last = steps.at(-1);
      const isSeen = last?.differs.some(({ section, field }) =>
        seenBy.some((place) => place === section || place === `${section}.${field}`),
      );
      return isSeen === true && last!.clauses.includes(id);
    });
    if (found !== undefined) return { ...found, clause: id };
  }
  return undefined;
}
