import { judgeEquivalence } from './judge-equivalence.ts';
import { judgeLaws } from './judge-laws.ts';
import type { Finding } from './finding.ts';
import type { Judgement } from './judgement.ts';
import type { Ask, Play } from './play.ts';

/**
 * Judges a play by laws and equivalences. A coroutine that asks for further plays (draining, variants), so that it
 * works with players that answer at once and with those that answer later.
 */
export function* judgeProperties(judgement: Judgement, play: Play): Generator<Ask, Finding | undefined, Play> {
  return (yield* judgeLaws(judgement, play)) ?? (yield* judgeEquivalence(judgement, play));
}
