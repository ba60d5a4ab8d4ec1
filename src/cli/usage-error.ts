/** Wrong usage: the message says what is wrong, the hint what to do instead. Exit code 2. */
export class UsageError extends Error {
  readonly hint: string | undefined;
  constructor(message: string, hint?: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UsageError';
    this.hint = hint;
  }
}
