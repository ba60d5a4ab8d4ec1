import type { AnyConfiguration, AnyEvent } from './alphabet.ts';
import type { ObservationData } from './observation.ts';

/** What a model answers to an event whose precondition does not hold: nothing happens, and `why` says so. */
export class Skip {
  readonly why: string;
  constructor(why: string) {
    this.why = why;
  }
}

/** Told the name of each clause that decided a step, as the step is computed. */
export type Cite<Name extends string = string> = (clause: Name) => void;

/**
 * How one section of the observation follows from the model's state. `part` selects the immutable piece of state that
 * the section shows; as long as it is the same object, its words are the same, and nobody computes them again.
 */
export interface SectionView<S, P extends object = object> {
  part(state: S, index: number): P;
  /** The words of the section, in the order of its fields. */
  words(part: P): readonly number[];
  /** Per word, the bits that are defined; absent: all of them. Undefined bits are never compared. */
  defined?(part: P): readonly number[] | undefined;
  /**
   * A piece of state that holds the parts of all instances of the section: as long as it is the same object, no part
   * has changed, and none is asked for. Worth its while where a section has many instances.
   */
  whole?(state: S): object;
}

/**
 * A reference model: pure and total. Outputs of a step (a value read, a delivery) are a part of the state that the next
 * step replaces.
 */
export interface Model<C = AnyConfiguration, E = AnyEvent, S = unknown> {
  initial(config: C): S;
  /** The next state; several where the architecture leaves a choice; `Skip` where the precondition does not hold. */
  step(state: S, event: E): S | readonly S[] | Skip;
  /** One view per section of the spec's observation, in the same order. */
  readonly views: readonly SectionView<S>[];
}

/**
 * An implementation in this process, in the fast form: observation words in the layout's order, a fixed array that is
 * up to date after `reset` and after every `step`. It is total: it gets every event, and answers `false` for one whose
 * precondition does not hold, having changed nothing but its outputs of the step, which are then zero.
 */
export interface WordImplementation<C = AnyConfiguration> {
  reset(config: C): void;
  /** `code` is the packed event of the system's alphabet. */
  step(code: number): boolean;
  /** Current observation; may be another array after `reset`, never after `step`. */
  readonly words: Uint32Array;
}

/**
 * An implementation under test as a person writes one. `step` gets only events whose precondition holds, and returns
 * what was seen: the sections of the spec's observation that it can show (see {@link Capabilities.shows}).
 */
export interface Implementation<C = AnyConfiguration, E = AnyEvent> {
  reset(config: C): ObservationData | void | Promise<ObservationData | void>;
  step(event: E): ObservationData | Promise<ObservationData>;
  close?(): void | Promise<void>;
}

/**
 * An implementation outside this process that is fastest when it is given many sequences at once. Sequences contain
 * only events whose precondition holds; the answer has one observation per event.
 */
export interface PipelinedImplementation<C = AnyConfiguration, E = AnyEvent> {
  play(
    sequences: readonly { readonly config: C; readonly events: readonly E[] }[],
  ): Promise<readonly (readonly ObservationData[])[]>;
  /** Sequences that it likes to have in one call. */
  readonly batch: number;
  close?(): void | Promise<void>;
}

/** What an implementation declares before it runs. */
export interface Capabilities {
  /** Sections of the observation that it shows. One that is declared and missing is an adapter error. */
  readonly shows: readonly string[];
  /** Profiles that it can play; the first one is its default. */
  readonly profiles: readonly string[];
  /** Values of configuration parameters that it supports; absent parameters: all values. */
  readonly supports?: Readonly<Record<string, readonly (string | number | boolean)[]>>;
  /** Event kinds that it cannot play: not applicable, never a pass. */
  readonly lacks?: readonly string[];
}

/** What can break around an implementation. */
export type AdapterErrorCode =
  'E_ADAPTER_MISSING' | 'E_ADAPTER_DIED' | 'E_ADAPTER_TIMEOUT' | 'E_ADAPTER_OUTPUT' | 'E_ADAPTER_THREW';

/** The harness around an implementation broke: never a verdict on the implementation. The message says what to do. */
export class AdapterError extends Error {
  readonly code: AdapterErrorCode;
  constructor(code: AdapterErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AdapterError';
    this.code = code;
  }
}

/** The default export of a module that brings an implementation: an adapter of the project, or a user's own. */
export interface ImplementationModule {
  readonly name: string;
  /** What it declares, by system name; systems that are absent are not applicable. */
  readonly systems: Readonly<Record<string, Capabilities>>;
  /** Throws an {@link AdapterError} where something that it needs is missing. */
  create(
    system: string,
  ):
    | Implementation<never, never>
    | PipelinedImplementation<never, never>
    | Promise<Implementation<never, never> | PipelinedImplementation<never, never>>;
  /** `file:` URL of the known deviations that belong to the implementation. */
  readonly baseline?: string;
}
