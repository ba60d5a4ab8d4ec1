import type { AnyConfiguration } from '../spec/alphabet.ts';
import type { Model, WordImplementation } from '../spec/contract.ts';

/** A place where a fault really happened. */
export interface Sighting {
  readonly project: string;
  /** The change that repaired or reported it: its subject, with the hash where there is one. */
  readonly change: string;
  readonly year?: number;
  /** Its number in the project's collection of bugs. */
  readonly bug?: string;
  /** `read`: the change was read; `heading`: its subject and hash were seen; `hearsay`: known from memory. */
  readonly evidence: 'read' | 'heading' | 'hearsay';
}

/** A deliberately wrong implementation: what a check has to find. Named by its defect. */
export interface Fault {
  /** The defect in kebab-case words. Permanent. */
  readonly id: string;
  readonly system: string;
  /** Names of the clauses that it breaks; the first is the main one, the others may be blamed too. */
  readonly breaks: readonly [string, ...string[]];
  /** What it does wrong, in a sentence. */
  readonly wrong: string;
  /** Where it happened; empty for a mistake that is easy to make, and that nobody has been seen to make. */
  readonly seen: readonly Sighting[];
  /** Profile in which it shows; absent: the first of the system. */
  readonly profile?: string;
  /** Parameters with which it shows best, or without which it does not show. */
  readonly config?: Partial<AnyConfiguration>;
  /** A model that deviates from the reference in this one thing. */
  readonly model?: (cite: (clause: string) => void) => Model;
  /** Or an implementation in the fast form. */
  readonly words?: () => WordImplementation;
}

/** A bug that really happened and that no event of a system's alphabet can show. */
export interface NotExpressible {
  readonly bug: string;
  readonly system: string;
  readonly seen: Sighting;
  /** What would be needed to show it. */
  readonly reason: string;
  /** A fault of the same kind that can be shown. */
  readonly nearest?: string;
}
