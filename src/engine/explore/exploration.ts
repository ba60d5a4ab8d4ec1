import type { AnyConfiguration } from '../../../spec/alphabet.ts';
import type { Model } from '../../../spec/contract.ts';
import type { SystemSpec } from '../../../spec/system.ts';

/** What is explored of a system: states of one profile that fit two 32-bit words. */
export interface Exploration {
  readonly spec: SystemSpec;
  /** The profile that is small enough. */
  readonly profile: string;
  /** The reference model. */
  readonly reference: (cite: (clause: string) => void) => Model;
  /** Makes a model of the system, the reference unless told otherwise, into a machine on packed states. */
  machine(config: AnyConfiguration, model?: Model): PackedMachine;
  /** The laws, judged on packed states; clauses of the system. */
  laws(config: AnyConfiguration): PackedLaws;
}

/**
 * A machine whose states are pairs of 32-bit words, unsigned. It keeps no state between two calls of {@link step}: what
 * it leaves in its members is the answer.
 */
export interface PackedMachine {
  /** Codes of the events that the configuration has. */
  readonly codes: readonly number[];
  /** The state after reset. */
  readonly initial: readonly [number, number];
  /** The next state. */
  first: number;
  second: number;
  /** What the event gave out, for the laws; the system says how. */
  outputs: number;
  /** Plays an event in a state; `false`, and nothing else, where its precondition does not hold. */
  step(first: number, second: number, code: number): boolean;
  /**
   * The second word of the state that stands for all those in which equal agents have changed places. Absent where no two
   * agents are equal.
   */
  canonical?(second: number): number;
}

/** Laws over the transitions of a {@link PackedMachine}: none looks further back than one state. */
export interface PackedLaws {
  /** Names of the clauses that are judged. */
  readonly clauses: readonly string[];
  /**
   * The place in {@link clauses} of one that a transition, or the state after it, breaks; -1 if there is none. The code
   * of the event is -1 for reset, which leads from the first state to itself.
   */
  judge(first: number, second: number, code: number, nextFirst: number, nextSecond: number, outputs: number): number;
  /** Says of a transition that {@link judge} found, in one sentence, what is wrong. */
  summary(clause: number, nextFirst: number, nextSecond: number): string;
  /** Whether a state is at rest: nobody is in the middle of anything, and nothing is on its way. Counted, so that laws about it are seen to say something. */
  quiescent(first: number, second: number): boolean;
  /** How a system comes to rest, for the law that everything is done in the end. */
  readonly drain?: PackedDrain;
}

/** Plays on from a state until nothing is owed any more: one event for each state, chosen by the state alone. */
export interface PackedDrain {
  /** Name of the clause that is broken where it never ends. */
  readonly clause: string;
  /** Code of the event that is played next; -1: nothing is owed any more. */
  next(first: number, second: number): number;
  /** Says in one sentence what is wrong where it comes back to a state that it has been in. */
  readonly summary: string;
}
