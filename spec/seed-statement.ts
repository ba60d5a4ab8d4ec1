/** A statement of a document that started the project, and where it went. */
export interface SeedStatement {
  /** The statement, in words of our own. */
  readonly statement: string;
  /** Who made it there: `the patch`, `Kevin Tian`. */
  readonly by: string;
  /** Names of the clauses of the system that say it now, or that say what holds instead. */
  readonly clauses: readonly string[];
  /** Where sources disagree: what is normative here, and why. */
  readonly note?: string;
}
