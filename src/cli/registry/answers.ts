import type { WordImplementation } from '../../../spec/contract.ts';
import type { AnswerOptions, AnswerResult } from '../../engine/answer/answer-result.ts';
import { unknownName } from '../unknown-name.ts';
import { UsageError } from '../usage-error.ts';
import { systemNames } from './systems.ts';

/** Computes the answer to the question of a system. */
export type ComputeAnswer = (options: AnswerOptions) => Promise<AnswerResult>;

const loaders: Readonly<Record<string, () => Promise<ComputeAnswer>>> = {
  'idt-vectoring': async () => {
    const [{ answerIdtVectoring }, { OptimizedIdtVectoring }] = await Promise.all([
      import('../../../properties/idt-vectoring/answer/answer.ts'),
      import('../../optimized/idt-vectoring/index.ts'),
    ]);
    return (options) => answerIdtVectoring(() => new OptimizedIdtVectoring() as unknown as WordImplementation, options);
  },
};

/** Names of the systems that have a question. */
export const answerableSystems: readonly string[] = Object.keys(loaders);

/** What computes the answer of a system. Throws a `UsageError` for one that has no question. */
export async function loadAnswer(system: string): Promise<ComputeAnswer> {
  const load = Object.hasOwn(loaders, system) ? loaders[system] : undefined;
  if (load !== undefined) return load();
  const names = [...new Set([...answerableSystems, ...systemNames])];
  if (!names.includes(system)) throw unknownName('system', system, names);
  throw new UsageError(`${system} has no question to answer`, `There is: ${answerableSystems.join(', ')}.`);
}
