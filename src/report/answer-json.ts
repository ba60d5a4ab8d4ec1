import type { AnswerResult } from '../engine/answer/answer-result.ts';

/** Format tag of an answer; the number grows when old readers could misread a new document. */
export const answerFormat = 'virq-answer/1';

/** Exit code of each verdict; 2 is wrong usage. */
export const answerExitCodes: Readonly<Record<AnswerResult['verdict'], number>> = {
  agrees: 0,
  contradicts: 1,
  inconclusive: 4,
};

/** The JSON document of one answer. */
export interface AnswerDocument extends AnswerResult {
  readonly format: typeof answerFormat;
  /** Version of the suite that wrote it. */
  readonly version: string;
  readonly exitCode: number;
}

/** For programs: an answer as one document. */
export function answerDocument(version: string, result: AnswerResult): string {
  const document: AnswerDocument = {
    format: answerFormat,
    version,
    exitCode: answerExitCodes[result.verdict],
    ...result,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
