import type { AnyEvent } from '../../spec/alphabet.ts';
import type { ObservationLayout } from '../../spec/observation.ts';
import type { Finding } from './finding.ts';
import type { Judgement } from './judgement.ts';
import { layoutOf } from './layout.ts';
import { codeOf } from './packing-of.ts';
import type { Ask, Play } from './play.ts';
import type { Breach, Law, Monitor, Seen } from './property.ts';
import { WordSeen } from './word-seen.ts';

/** Rounds of draining at the most; a law that still drains then is judged as it stands. */
export const drainRounds = 64;

interface Watch {
  readonly law: Law;
  readonly monitor: Monitor;
  moments: number;
}

/** Judges a play by all laws of a load in one pass; laws that drain alike share their drain. */
export function* judgeLaws(judgement: Judgement, play: Play): Generator<Ask, Finding | undefined, Play> {
  const { scope, load, tally } = judgement;
  const { system, packing } = scope;
  const { config } = play.sequence;
  if (load.laws.length === 0) return undefined;
  const layout = layoutOf(system.spec, config);
  const observation = system.spec.observation as unknown as ObservationLayout;
  const watches: Watch[] = load.laws.map((law) => ({ law, monitor: law.begin(config, observation), moments: 0 }));
  const news = newsOf(judgement);

  const watch = (watched: readonly Watch[], from: Play, first: number, seen: WordSeen): Finding | undefined => {
    for (let i = first; i < from.events.length; i++) {
      const { code, played, words } = from.events[i];
      if (!played || words === undefined) continue;
      seen.words = words;
      const event = packing.events[code];
      for (const one of watched) {
        const finding = news(one.law, one.monitor.step(event, seen), i);
        if (finding !== undefined) return finding;
        one.moments += one.law.witness === undefined || one.law.witness(event, seen) ? 1 : 0;
      }
    }
    return undefined;
  };
  const end = (watched: readonly Watch[], seen: Seen, step: number): Finding | undefined => {
    for (const { law, monitor } of watched) {
      const finding = news(law, monitor.end?.(seen), step);
      if (finding !== undefined) return finding;
    }
    return undefined;
  };

  const seen = new WordSeen(layout, play.start);
  const atEnd = play.sequence.codes.length;
  let finding = watch(watches, play, 0, seen);
  // A play that was cut short has no end to judge.
  const whole = play.events.length === atEnd;
  const undrained = watches.filter(({ law }) => law.drain === undefined);
  if (whole) finding ??= end(undrained, seen, atEnd);
  if (finding !== undefined) return finding;
  const draining = watches.filter(({ law }) => whole && law.drain !== undefined);
  const leaders = draining.filter(
    ({ law }, i) => !draining.slice(0, i).some((earlier) => earlier.law.drain === law.drain),
  );
  for (const { law: leader } of leaders) {
    const watched = draining.filter(({ law }) => law.drain === leader.drain);
    let current = play;
    // What is known already, or cannot be followed, spoils the rest of a sequence.
    let spoiled = false;
    const drained = new WordSeen(layout, seen.words);
    for (let round = 0; round < drainRounds && finding === undefined && !spoiled; round++) {
      const codes = playable(judgement, leader.drain?.(config, round, drained) ?? []);
      if (codes.length === 0) break;
      const { sequence } = current;
      const longer = { config, codes: Uint16Array.from([...sequence.codes, ...codes]) };
      const next = yield { sequence: longer, after: current };
      if (next.finding !== undefined) {
        finding = judgement.isNews(next.finding) ? next.finding : undefined;
        spoiled = true;
      } else {
        finding = watch(watched, next, current.events.length, drained);
        spoiled = next.events.length < longer.codes.length;
      }
      current = next;
    }
    if (!spoiled) finding ??= end(watched, drained, current.sequence.codes.length);
    if (finding !== undefined) return { ...finding, drained: current.sequence };
  }
  for (const { law, monitor, moments: witnessed } of watches) {
    const moments = monitor.moments ?? witnessed;
    tally.judged(law.id);
    if (moments > 0) tally.witness(law.judges, moments);
  }
  return undefined;
}

function playable({ scope }: Judgement, events: readonly AnyEvent[]): readonly number[] {
  return events
    .map((event) => codeOf(scope.packing, event))
    .filter((code) => scope.kinds.includes(scope.packing.kind[code]));
}

function newsOf({ scope, isNews }: Judgement) {
  return ({ id }: Law, breach: Breach | undefined, step: number): Finding | undefined => {
    if (breach === undefined) return undefined;
    const clause = `${scope.system.spec.name}/${breach.clause}`;
    const finding: Finding = { property: id, clause, summary: breach.summary, signature: [], step, differs: [] };
    return isNews(finding) ? finding : undefined;
  };
}
