import type { LocalApic, VectorSet } from '../local-apic/index.ts';

/** What became of VMLAUNCH or VMRESUME. */
export interface Entry {
  readonly outcome: number;
  readonly error: number;
}

/** The event that reached a handler. */
export interface Delivery {
  readonly level: number;
  readonly information: number;
  readonly error: number;
  readonly position: number;
  readonly length: number;
  readonly interrupts: boolean;
}

/** The VM exit to L1. */
export interface Exit {
  readonly kind: number;
  readonly reason: number;
  readonly qualification: number;
  readonly information: number;
  readonly vectoring: number;
  readonly vectoringError: number;
  readonly length: number;
  readonly position: number;
  readonly interrupts: boolean;
  readonly interruptibility: number;
  readonly activity: number;
  readonly entryInformation: number;
  /** A failed entry for which more than one check could be told of. */
  readonly ambiguous: boolean;
}

/** What the event did elsewhere. */
export interface Effects {
  readonly acknowledged: boolean;
  readonly broadcast: VectorSet;
  readonly processed: boolean;
}

/** What an event itself did: gone with the next one. */
export interface Outputs {
  readonly entry: Entry;
  readonly delivery: Delivery;
  readonly exit: Exit;
  readonly effects: Effects;
}

/** A level, as it is shown. */
export interface Level {
  readonly runs: boolean;
  readonly interruptFlag: boolean;
  readonly blocking: number;
  readonly nmiBlocking: boolean;
  readonly activity: number;
  readonly position: number;
  readonly frames: number;
}

/** What L1 has written for the next entry. */
export interface ShownVmcs {
  readonly controls: number;
  readonly entryInformation: number;
  readonly expired: boolean;
  readonly idt: boolean;
}

/** What has come and was not taken yet. */
export interface Pending {
  readonly nmi: boolean;
  readonly init: boolean;
  readonly sipi: boolean;
  readonly mtf: boolean;
  readonly timer: boolean;
  readonly pic: boolean;
  readonly line: boolean;
  readonly remoteIrr: boolean;
}

/** What L1 keeps for virtual-interrupt delivery in L2. */
export interface ShownVirtualApic {
  readonly irr: VectorSet;
  readonly isr: VectorSet;
  readonly tpr: number;
  readonly ppr: number;
  readonly rvi: number;
  readonly svi: number;
  readonly pir: VectorSet;
  readonly on: boolean;
  readonly recognized: boolean;
}

/**
 * Everything that is shown of a state besides the outputs of the event. The preconditions of the events are functions
 * of this alone, so that nothing that L0 keeps can have a say in them.
 */
export interface Shown {
  /** With PPR as it is now. */
  readonly apic: LocalApic;
  readonly l1: Level;
  readonly l2: Level;
  readonly vmcs: ShownVmcs;
  readonly pending: Pending;
  readonly virtual: ShownVirtualApic;
}

export const noEntry: Entry = { outcome: 0, error: 0 };
export const noDelivery: Delivery = { level: 0, information: 0, error: 0, position: 0, length: 0, interrupts: false };
export const noExit: Exit = {
  kind: 0,
  reason: 0,
  qualification: 0,
  information: 0,
  vectoring: 0,
  vectoringError: 0,
  length: 0,
  position: 0,
  interrupts: false,
  interruptibility: 0,
  activity: 0,
  entryInformation: 0,
  ambiguous: false,
};
export const noEffects: Effects = { acknowledged: false, broadcast: 0, processed: false };
export const noOutputs: Outputs = { entry: noEntry, delivery: noDelivery, exit: noExit, effects: noEffects };

/** Whether something has happened at a boundary of this event: an exit to L1, a delivery, posted-interrupt processing. */
export const hasActed = ({ delivery, exit, effects }: Outputs): boolean =>
  delivery !== noDelivery || exit !== noExit || effects.processed;

/** The record before, if the fields of the new one are the same. */
export function kept<T extends object>(before: T, next: T): T {
  for (const key in next) if (next[key] !== before[key]) return next;
  return before;
}
