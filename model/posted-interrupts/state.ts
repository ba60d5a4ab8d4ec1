import type { AtomicStep } from '../../spec/posted-interrupts/steps.ts';
import type { LocalApic, VectorSet } from '../local-apic/index.ts';
import type { Machine } from './machine.ts';

/** What the event returned. */
export interface Reply {
  readonly value: number;
}

/** Events that reached a guest's handler, as interruption information, and who took them. */
export interface Delivery {
  readonly first: number;
  readonly second: number;
  readonly taker: number;
}

/** The last VM exit of the event; all 0: none. */
export interface Exit {
  readonly reason: number;
  readonly qualification: number;
  readonly interruption: number;
  readonly idtVectoring: number;
  readonly l1Reason: number;
  readonly l1Interruption: number;
}

/** What the event did to others. */
export interface Effects {
  readonly accepted: VectorSet;
  readonly acceptor: number;
  readonly broadcast: VectorSet;
  /** Bit 4 p + n: the n-th physical vector was sent to physical CPU p. */
  readonly sent: number;
  readonly consumed: number;
}

/** The guest interrupt status, the controls around it, and recognition, which only the processor knows. */
export interface VirtualApic {
  /** Virtual-interrupt delivery and posted-interrupt processing are on. */
  readonly apicv: boolean;
  /** Requesting and servicing virtual interrupt: a vector, or 0. */
  readonly rvi: number;
  readonly svi: number;
  readonly eoiExit: VectorSet;
  /** TPR threshold, a class. */
  readonly threshold: number;
  readonly recognized: boolean;
  /** "Interrupt-window exiting". */
  readonly window: boolean;
}

/** Blocking by STI or by MOV SS. */
export type Blocking = 'none' | 'sti' | 'movss';

/** The rest of a virtual CPU. */
export interface Core {
  /** RFLAGS.IF. */
  readonly interruptFlag: boolean;
  readonly blocking: Blocking;
  readonly halted: boolean;
  /** L2 runs. */
  readonly l2: boolean;
  /** An NMI is pending. */
  readonly nmi: boolean;
  /** The guest's IDT is not in the EPT. */
  readonly obstructed: boolean;
  /** Interruption information of the event to be injected again, or 0. */
  readonly inflight: number;
}

/** A posted-interrupt descriptor. */
export interface Descriptor {
  readonly pir: VectorSet;
  readonly on: boolean;
  readonly sn: boolean;
  /** Physical vector. */
  readonly nv: number;
  /** Bits 319:288 as they stand in memory. */
  readonly ndst: number;
}

/** What the processor works on while a guest runs: the same for L1 and L2. */
export interface Guest {
  /** The local APIC, or the virtual-APIC page. */
  readonly apic: LocalApic;
  readonly virtual: VirtualApic;
  readonly core: Core;
  readonly descriptor: Descriptor;
}

/** 0 outside the guest, 1 in the guest, 2 told to leave it. */
export type Mode = 0 | 1 | 2;

/** Where a virtual CPU is. */
export interface Schedule {
  readonly mode: Mode;
  /** The physical CPU it is loaded on, or was last. */
  readonly pcpu: number;
  readonly loaded: boolean;
  /** Asleep, or about to sleep. */
  readonly blocked: boolean;
  /** 1 + the physical CPU whose wake-up list it is on; 0: none. */
  readonly list: number;
}

/** A virtual CPU: L1, where there are two levels. */
export interface VirtualCpu extends Guest {
  readonly schedule: Schedule;
}

/** L2, and what L1 keeps for it. Its TMR, window, threshold, EOI-exit bits and most of its core are never used. */
export interface NestedGuest extends Guest {
  /** Profile `kvm`: a notification is remembered. */
  readonly piPending: boolean;
}

/** The local APIC of a physical CPU. */
export interface PhysicalCpu {
  /** Bit n: the n-th physical vector was sent and has not arrived. */
  readonly pending: number;
}

/** The I/O APIC: sets of lines. */
export interface IoApic {
  readonly level: number;
  readonly remoteIrr: number;
}

/** A posting CPU: the step that it takes next, and the vector; `undefined` and 0 at rest. */
export interface Poster {
  readonly step: AtomicStep | undefined;
  readonly vector: number;
}

/** Who is in the middle of what (profile `interleaved`). */
export interface Steps {
  /** The step that the target takes next; `undefined` at rest. */
  readonly target: AtomicStep | undefined;
  readonly posters: readonly [Poster, Poster];
}

/** The whole state. The first four are outputs of the last event. */
export interface PostedInterruptsState {
  readonly machine: Machine;
  readonly reply: Reply;
  readonly delivery: Delivery;
  readonly exit: Exit;
  readonly effects: Effects;
  readonly vcpus: readonly VirtualCpu[];
  readonly physical: readonly PhysicalCpu[];
  readonly ioapic: IoApic;
  readonly nested: NestedGuest;
  readonly steps: Steps;
  /** The device is assigned to the VM. */
  readonly assigned: boolean;
}

export const noReply: Reply = { value: 0 };
export const noDelivery: Delivery = { first: 0, second: 0, taker: 0 };
export const noExit: Exit = {
  reason: 0,
  qualification: 0,
  interruption: 0,
  idtVectoring: 0,
  l1Reason: 0,
  l1Interruption: 0,
};
export const noEffects: Effects = { accepted: 0, acceptor: 0, broadcast: 0, sent: 0, consumed: 0 };
