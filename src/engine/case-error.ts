/** What can be wrong with a stored case or a list of known deviations. */
export type CaseErrorCode = 'E_CASE_JSON' | 'E_CASE_VERSION' | 'E_CASE_SYSTEM' | 'E_CASE_CONTENT';

/** A stored file that cannot be read; the message names the place and what was expected there. */
export class CaseError extends Error {
  readonly code: CaseErrorCode;
  /** Path inside the file, such as `events[3].wire`; empty for the file as a whole. */
  readonly place: string;
  constructor(code: CaseErrorCode, place: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CaseError';
    this.code = code;
    this.place = place;
  }
}
