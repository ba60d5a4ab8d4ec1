import type { IdtVectoringEvent } from '../../spec/idt-vectoring/alphabet.ts';
import type { gateStates, InstructionName, obstacles } from '../../spec/idt-vectoring/universe.ts';
import type { VectorSet } from '../local-apic/index.ts';
import type { Machine } from './machine.ts';
import type { VectoredEvent } from './vectored-event.ts';

/** Blocking by STI or by MOV SS. */
export type Shadow = 'none' | 'sti' | 'movss';

/** What a gate of the IDT is. */
export type Gate = (typeof gateStates)[number];

/** What can lie in the way of a delivery. */
export type Obstacle = (typeof obstacles)[number];

/** An instruction with its argument. */
export type Instruction = Extract<IdtVectoringEvent, { readonly kind: InstructionName }>;

/** The processor as the guest finds it. */
export interface Guest {
  readonly rip: number;
  readonly interruptFlag: boolean;
  readonly trapFlag: boolean;
  readonly resumeFlag: boolean;
  /** #DF is in flight, whose RF is not defined. */
  readonly isResumeFlagOpen: boolean;
  readonly cr2: number;
  /** Without the bits that are fixed. */
  readonly dr6: number;
  /** DR7.GD. */
  readonly generalDetect: boolean;
  readonly shadow: Shadow;
  /** Blocking by NMI; with virtual NMIs, virtual-NMI blocking. */
  readonly nmiBlocked: boolean;
  readonly halted: boolean;
  readonly shutdown: boolean;
  /** The busy field of the virtualization-exception information area is not 0. */
  readonly veBusy: boolean;
  /** IA32_MCG_STATUS.MCIP. */
  readonly mcip: boolean;
  readonly isr: VectorSet;
  readonly deviceReads: number;
}

/** What waits for a boundary. */
export interface Pending {
  readonly irr: VectorSet;
  readonly nmis: number;
  readonly machineCheck: boolean;
  /** Pending debug exceptions, in the bits of DR6. */
  readonly debug: number;
}

/** An instruction that has begun and not completed. */
export interface Begun {
  readonly instruction: Instruction;
  /** What makes it fault is still there. */
  readonly cause: boolean;
}

/** What a handler returns to. */
export interface Frame {
  readonly rip: number;
  readonly interruptFlag: boolean;
  readonly trapFlag: boolean;
  readonly resumeFlag: boolean;
  /** Vector of the handler. */
  readonly vector: number;
  /** What began at the RIP of the frame. */
  readonly begun: Begun | undefined;
}

/** Where the guest's program stands, beyond RIP. */
export interface Program {
  /** The innermost handler is last. */
  readonly frames: readonly Frame[];
  readonly begun: Begun | undefined;
}

/** What lies in the way of deliveries. */
export interface Tables {
  /** The first one is met first. */
  readonly obstacles: readonly Obstacle[];
  /** In the order of `gateVectors`. */
  readonly gates: readonly Gate[];
}

/** A register that the hypervisor has to write along with an event. */
export interface Payload {
  readonly register: 'cr2' | 'dr6';
  readonly value: number;
}

/** What the hypervisor has in hand. */
export interface Hypervisor {
  /** The guest is between an exit and the entry that follows. */
  readonly outside: boolean;
  /** The event of the next entry. */
  readonly inflight: VectoredEvent | undefined;
  readonly payload: Payload | undefined;
}

/** An event whose handler was reached, and the processor at the first instruction of the handler. */
export interface Reached {
  readonly event: VectoredEvent | undefined;
  readonly error: number;
  readonly returnRip: number;
  readonly interruptFlag: boolean;
  readonly trapFlag: boolean;
  readonly resumeFlag: boolean;
  readonly task: boolean;
  readonly generalDetect: boolean;
  readonly nmiBlocked: boolean;
  readonly cr2: number;
  readonly dr6: number;
}

/** At most two for each event. */
export interface Delivery {
  readonly first: Reached;
  readonly second: Reached;
}

/** VM exits of the event: how many, and what the last one saved. */
export interface Exit {
  readonly count: number;
  readonly reason: number;
  readonly qualification: number;
  readonly interruption: number;
  readonly error: number;
  readonly vectoring: number;
  readonly vectoringError: number;
  readonly length: number;
  readonly rip: number;
  readonly interruptibility: number;
  readonly activity: number;
  readonly resumeFlag: boolean;
  /** RF saved is that of #DF. */
  readonly isResumeFlagOpen: boolean;
  readonly pendingDebug: number;
  readonly injection: number;
}

/** VM entries of the event: how many succeeded, and the last of these; what failed. */
export interface Entry {
  readonly count: number;
  readonly interruption: number;
  readonly error: number;
  readonly length: number;
  readonly interruptibility: number;
  readonly pendingDebug: number;
  readonly failure: number;
  readonly kept: number;
}

/** What L1 sees of an EPT violation that is its own. */
export interface Client {
  readonly reason: number;
  readonly vectoring: number;
  readonly error: number;
  readonly length: number;
}

/** The whole state. Four of its pieces are outputs of the last event. */
export interface IdtVectoringState {
  readonly machine: Machine;
  readonly guest: Guest;
  readonly pending: Pending;
  readonly program: Program;
  readonly tables: Tables;
  readonly hypervisor: Hypervisor;
  readonly delivery: Delivery;
  readonly exit: Exit;
  readonly entry: Entry;
  readonly client: Client;
}

const nowhere: Reached = {
  event: undefined,
  error: 0,
  returnRip: 0,
  interruptFlag: false,
  trapFlag: false,
  resumeFlag: false,
  task: false,
  generalDetect: false,
  nmiBlocked: false,
  cr2: 0,
  dr6: 0,
};

export const noDelivery: Delivery = { first: nowhere, second: nowhere };

export const noExit: Exit = {
  count: 0,
  reason: 0,
  qualification: 0,
  interruption: 0,
  error: 0,
  vectoring: 0,
  vectoringError: 0,
  length: 0,
  rip: 0,
  interruptibility: 0,
  activity: 0,
  resumeFlag: false,
  isResumeFlagOpen: false,
  pendingDebug: 0,
  injection: 0,
};

export const noEntry: Entry = {
  count: 0,
  interruption: 0,
  error: 0,
  length: 0,
  interruptibility: 0,
  pendingDebug: 0,
  failure: 0,
  kept: 0,
};

export const noClient: Client = { reason: 0, vectoring: 0, error: 0, length: 0 };
