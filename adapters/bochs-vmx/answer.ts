import type { stayDeviations } from './guest-layout.ts';
import type { Source } from './source.ts';

/** The watched places at one moment. */
export interface Snapshot {
  /** The value of a place; throws a `RangeError` for one that is not watched. */
  get(source: Source): bigint;
}

/** An event that a handler of L2 recorded at its first instruction. */
export interface Level2Event {
  readonly kind: 'level2';
  readonly vector: number;
  /** Absent where none was pushed. */
  readonly errorCode?: bigint;
  /** As pushed. */
  readonly cs: number;
  readonly ss: number;
  readonly rip: bigint;
  readonly rflags: bigint;
  readonly rsp: bigint;
  /** When the handler ran. */
  readonly cr2: bigint;
  /** 0 unless the vector's handler records it. */
  readonly dr6: bigint;
}

/** A slot of a stay; `entry`: VM entry itself; `nowhere`: no slot at all. */
export type Slot = number | 'entry' | 'nowhere';

/** An event that a handler of a stay noted. */
export interface StayDelivery {
  readonly kind: 'delivered';
  readonly vector: number;
  /** Absent where none was pushed. */
  readonly errorCode?: number;
  /** What it interrupted. */
  readonly slot: Slot;
  /** The pushed RIP, from the start of the code; outside the code for another handler. */
  readonly offset: number;
  /** The pushed RFLAGS.IF. */
  readonly interrupts: number;
}

/** How a stay in L2 ended. */
export interface StayEnd {
  readonly kind: 'stay';
  readonly how: VmxOutcome;
  readonly slot: Slot;
  /** L2 came to the end of the stay, or did nothing any more: it would still be running. */
  readonly inside: boolean;
  /** Absent: nothing is known against it. */
  readonly deviation?: keyof typeof stayDeviations;
  readonly watched: Snapshot;
}

/** What a VMX instruction came to. */
export type VmxOutcome = 'success' | 'VMfailInvalid' | 'VMfailValid';

/** One answer of the hypervisor. */
export type Answer =
  /** `success`: an exit has happened, or an entry has failed late (bit 31 of the exit reason). */
  | { readonly kind: 'exit'; readonly how: VmxOutcome; readonly watched: Snapshot }
  | { readonly kind: 'snapshot'; readonly watched: Snapshot }
  | { readonly kind: 'value'; readonly how: VmxOutcome; readonly value: bigint }
  /** L1 took an interrupt or an NMI. */
  | { readonly kind: 'level1'; readonly vector: number }
  /** An operation of L1 raised an exception and did nothing. */
  | { readonly kind: 'fault'; readonly vector: number; readonly errorCode: number }
  /** A VMX instruction of an operation without an answer of its own failed. */
  | { readonly kind: 'refused'; readonly how: VmxOutcome }
  /** A driven L1 took an interrupt or an NMI. */
  | { readonly kind: 'taken'; readonly vector: number; readonly interrupts: number }
  /** What an event of `idt-vectoring` came to, in the order of `idtVectoringWords`. */
  | { readonly kind: 'words'; readonly words: readonly number[] }
  | StayDelivery
  | StayEnd
  | Level2Event;

/** What came of one sequence. */
export type SequenceResult =
  | { readonly outcome: 'done'; readonly answers: readonly Answer[] }
  /** The hypervisor broke the sequence off, or the processor never came back from it. `why` says which. */
  | { readonly outcome: 'abandoned'; readonly why: string; readonly answers: readonly Answer[] };
