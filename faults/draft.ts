import type { Fault } from './fault.ts';

/** Something that was said against a draft, or that has turned out since. */
export interface Objection {
  /** Who raised it in the thread; `this suite` for what nobody there did. */
  readonly by: string;
  /** What it says, in a sentence of ours. */
  readonly says: string;
  /** The line or hunk of the mail that it answers, in a few words. */
  readonly at: string;
  /** Names of the clauses that prove it; those of a matter of style are `undefined` ones. */
  readonly clauses: readonly [string, ...string[]];
  /** The fault that has this one mistake of the draft and no other; `undefined` where there is nothing to show. */
  readonly fault: string | undefined;
  /** What the author answered, in a sentence of ours; absent where the mail has no answer. */
  readonly answer?: string;
  /** What the thread does not say about it, in a sentence of ours. */
  readonly remark?: string;
  /** The draft does not do it: the objection, or the answer, is about what would be wrong. */
  readonly onlyWarned?: true;
}

/** A historic draft of a change, rebuilt as an alternate implementation: all that was wrong with it at once. */
export interface Draft extends Fault {
  /** Number of the seed that has the mail. */
  readonly seed: string;
  /** Subject of the mail. */
  readonly title: string;
  readonly year: number;
  /** What the draft does, in sentences of ours. */
  readonly doc: string;
  readonly objections: readonly Objection[];
}
