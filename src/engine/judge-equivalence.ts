import type { AnyConfiguration, AnyEvent } from '../../spec/alphabet.ts';
import type { Finding } from './finding.ts';
import type { Judgement } from './judgement.ts';
import { layoutOf } from './layout.ts';
import { codeOf } from './packing-of.ts';
import type { Ask, Play } from './play.ts';
import type { Equivalence } from './property.ts';
import { Random } from './random.ts';
import { fits, scopeBeside } from './scope.ts';
import type { Sequence } from './sequence.ts';
import { WordSeen } from './word-seen.ts';

/** Judges a play by all equivalences of a load, one variant for each of its seeds. */
export function* judgeEquivalence(judgement: Judgement, play: Play): Generator<Ask, Finding | undefined, Play> {
  const { scope, load, tally, isNews } = judgement;
  const { config, codes } = play.sequence;
  const { spec } = scope.system;
  const events = Array.from(codes, (code) => scope.packing.events[code]);
  for (const equivalence of load.equivalences) {
    let judged = false;
    for (const seed of load.variants) {
      const sequence = variantOf(judgement, equivalence, config, events, seed);
      if (sequence === undefined) continue;
      judged = true;
      const other = yield { sequence };
      if (other.finding !== undefined) {
        if (isNews(other.finding)) return other.finding;
        continue;
      }
      const one = project(judgement, equivalence, play);
      const two = project(judgement, equivalence, other);
      if (one === two) continue;
      const finding: Finding = {
        property: equivalence.id,
        clause: `${spec.name}/${equivalence.judges[0]}`,
        summary: `${equivalence.claim} One side gives ${short(one)}, the other ${short(two)}.`,
        signature: [],
        step: codes.length,
        differs: [],
        variant: sequence,
      };
      if (isNews(finding)) return finding;
    }
    if (judged) {
      tally.judged(equivalence.id);
      tally.witness(equivalence.judges, 1);
    }
  }
  return undefined;
}

function variantOf(
  { scope }: Judgement,
  equivalence: Equivalence,
  config: AnyConfiguration,
  events: readonly AnyEvent[],
  seed: number,
): Sequence | undefined {
  const random = new Random();
  random.seed(seed, events.length);
  const variant = equivalence.variant(config, events, random.below);
  if (variant === undefined) return undefined;
  // The other side may be one of another profile.
  const beside = scopeBeside(scope, variant.config);
  if (beside === undefined || !fits(beside, variant.config, variant.events)) return undefined;
  return {
    config: beside.space.intern(variant.config),
    codes: Uint16Array.from(variant.events, (event) => codeOf(scope.packing, event)),
  };
}

function project({ scope }: Judgement, equivalence: Equivalence, { sequence, start, events }: Play): string {
  const seen = new WordSeen(layoutOf(scope.system.spec, sequence.config), start);
  const projection = equivalence.project(sequence.config);
  for (const { code, played, words } of events) {
    if (!played || words === undefined) continue;
    seen.words = words;
    projection.step(scope.packing.events[code], seen);
  }
  return projection.result(seen);
}

const short = (text: string): string => (text.length > 120 ? `${text.slice(0, 117)}...` : text);
