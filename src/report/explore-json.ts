import type { Counterexample } from '../engine/counterexample.ts';
import type { ExplorationResult } from '../engine/explore/exploration-result.ts';
import { exitCodes } from '../engine/verdict.ts';

/** Format tag of the result of an exploration; the number grows when old readers could misread a new document. */
export const explorationFormat = 'virq-exploration/1';

/** The JSON document of one exploration. */
export interface ExplorationDocument extends Omit<ExplorationResult, 'counterexample'> {
  readonly format: typeof explorationFormat;
  /** Version of the suite that wrote it. */
  readonly version: string;
  readonly exitCode: number;
  /** With the file that its case was stored in; absent where it could not be. */
  readonly counterexample?: Counterexample & { readonly file?: string };
}

/** For programs: the result of an exploration as one document. */
export function exploreDocument(version: string, result: ExplorationResult, file: string | undefined): string {
  const { counterexample, ...rest } = result;
  const document: ExplorationDocument = {
    format: explorationFormat,
    version,
    exitCode: exitCodes[result.verdict],
    ...rest,
    ...(counterexample && { counterexample: file === undefined ? counterexample : { ...counterexample, file } }),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
