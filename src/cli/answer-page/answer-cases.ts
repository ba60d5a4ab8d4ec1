import type { SystemSpec } from '../../../spec/system.ts';
import type { AnswerResult } from '../../engine/answer/answer-result.ts';
import { caseFormat } from '../../engine/case-file.ts';
import { writeCase } from '../../engine/write-case.ts';
import { outcomesOf } from '../../report/answer-trace.ts';

/** How the names of these cases begin: others stand beside them. */
export const casePrefix = 'answer-';

/** A case, and the name of its file. */
export interface AnswerCase {
  readonly name: string;
  readonly text: string;
}

/**
 * The sequence behind each "no", as a case that any implementation which injects again passes: it can be played on a
 * real machine.
 */
export const answerCases = ({ system, rows, beside }: AnswerResult, spec: SystemSpec): AnswerCase[] =>
  [...rows, ...beside].flatMap(({ name, description, policies: [first] }) => {
    const shortest = first?.shortest ?? first?.broken.find(({ isInherent }) => isInherent)?.shortest;
    if (shortest === undefined) return [];
    const [normative, other] = outcomesOf(shortest, spec);
    const note = `Seed 004: dropping is not the same for ${description}: ${normative} becomes ${other}.`;
    return [
      {
        name: `${casePrefix}${name}.json`,
        text: writeCase({ format: caseFormat, system, config: shortest.config, events: shortest.events, note }),
      },
    ];
  });
