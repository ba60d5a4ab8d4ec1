import type { WordImplementation } from '../../../spec/contract.ts';
import { eventClasses } from '../../../spec/idt-vectoring/event-classes.ts';
import type { AnswerOptions, AnswerResult, AnswerRow } from '../../../src/engine/answer/answer-result.ts';
import { Pace } from '../../../src/engine/pace.ts';
import { scopeOf } from '../../../src/engine/scope.ts';
import { idtVectoringUnderCheck } from '../index.ts';
import { otherClasses } from './attribution.ts';
import { scopeOfClass } from './class-scope.ts';
import { Comparison } from './comparison.ts';
import { searchExhaustively, type Searched } from './exhaustive.ts';
import { searchAtRandom } from './random-search.ts';
import { besideRow, policies, rowOf } from './row-of.ts';
import { shorten } from './shorten.ts';
import { Tally } from './tally.ts';

const system = 'idt-vectoring';

const question =
  'May a hypervisor forget the event that it finds in the IDT-vectoring field, and let the processor raise it again?';

/**
 * Answers the question of seed 004 by computation, per class of event: all short sequences of the events that matter to
 * it, then random ones. `make` gives a machine that plays every profile.
 */
export async function answerIdtVectoring(
  make: () => WordImplementation,
  { depth, runs, seed, signal, onProgress }: AnswerOptions,
): Promise<AnswerResult> {
  const tally = new Tally();
  const comparisons = policies.map((policy) => ({ policy, comparison: new Comparison(policy, make) }));
  let doing = '';
  const sequences = { exhaustive: 0, random: 0 };
  const pace: Pace = new Pace(signal, () =>
    onProgress?.({
      system,
      doing,
      sequences: sequences.exhaustive + sequences.random,
      differing: tally.differing,
      seconds: pace.seconds(),
    }),
  );
  const scopes = new Map<string, AnswerRow['scope']>();
  let isInterrupted = false;
  for (const event of eventClasses) {
    doing = event.name;
    const scope = scopeOfClass(event);
    const before = sequences.exhaustive;
    const searched: Searched = isInterrupted
      ? { depth: 0, sequences: 0, isInterrupted }
      : await searchExhaustively(event.name, scope, { depth, isSought: event.expected === 'no' }, comparisons, tally, {
          rest: () => pace.rest(),
          played: (count) => (sequences.exhaustive = before + count),
        });
    isInterrupted = searched.isInterrupted;
    scopes.set(event.name, { ...scope, depth: searched.depth, sequences: searched.sequences });
  }
  if (!isInterrupted && runs > 0) {
    doing = 'random sequences';
    const scope = scopeOf(idtVectoringUnderCheck, 'drop');
    ({ isInterrupted } = await searchAtRandom(scope, { runs, seed }, comparisons, tally, {
      rest: () => pace.rest(),
      played: (count) => (sequences.random = count),
    }));
  }
  // What a small scope has found may need less than the configuration in which it was found.
  for (const found of tally.witnessed()) {
    const { comparison } = comparisons.find(({ policy }) => policy === found.policy)!;
    found.witness = shorten(comparison, found.witness!, found);
  }
  const rows = eventClasses.map((event) => rowOf(event, scopes.get(event.name)!, tally));
  const beside = Object.entries(otherClasses)
    .filter(([name]) => name !== 'unclear')
    .map(([name, description]) => besideRow(name, description, tally));
  return {
    system,
    question,
    verdict: verdictOf(rows),
    isInterrupted,
    seed,
    depth,
    sequences,
    setAside: policies.reduce((sum, policy) => sum + tally.at(policy, 'unclear', '').random.differing, 0),
    rows,
    beside,
    seconds: pace.seconds(),
  };
}

function verdictOf(rows: readonly AnswerRow[]): AnswerResult['verdict'] {
  const firsts = rows.map(({ expected, policies: [first] }) => ({ expected, first: first! }));
  const isUnconfirmed = rows.some(({ policies: all }) =>
    all.some(({ shortest }) => shortest !== undefined && !shortest.isConfirmed),
  );
  const isOther = firsts.some(({ expected, first }) => first.verdict !== 'unknown' && first.verdict !== expected);
  if (isOther || isUnconfirmed) return 'contradicts';
  return firsts.some(({ first }) => first.verdict === 'unknown') ? 'inconclusive' : 'agrees';
}
