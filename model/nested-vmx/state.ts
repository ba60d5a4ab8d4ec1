import type { LocalApic, VectorSet } from '../local-apic/index.ts';
import type { Machine } from './machine.ts';
import type { Outputs, Shown } from './shown.ts';

/** What a level is between two instructions. For L2: the guest-state area of a VMCS. */
export interface Core {
  /** RFLAGS.IF. */
  readonly interruptFlag: boolean;
  /** Bits 1:0 of the interruptibility state: blocking by STI and by MOV SS. */
  readonly blocking: number;
  /** Bit 3 of the interruptibility state; for L1 that runs on the processor itself: NMIs are blocked. */
  readonly nmiBlocking: boolean;
  readonly activity: number;
  /** RFLAGS.IF of the interrupted contexts, the last one lowest, behind a leading 1. */
  readonly frames: number;
  /** Instructions completed since the last entry by L1, modulo 256. */
  readonly steps: number;
  /** 0x100 + the vector of the handler whose first instruction is the next one; else 0. */
  readonly handler: number;
}

/** A virtual-APIC page with the guest interrupt status and the posted-interrupt descriptor. */
export interface VirtualApic {
  readonly irr: VectorSet;
  readonly isr: VectorSet;
  readonly tpr: number;
  /** VPPR as it was last written. */
  readonly ppr: number;
  readonly rvi: number;
  readonly svi: number;
  readonly pir: VectorSet;
  readonly on: boolean;
  /** Known to the processor alone, while the guest runs. */
  readonly recognized: boolean;
}

/** VM-entry interruption information, error code and instruction length; or an event that is in flight. */
export interface EventFields {
  /** As an unsigned word, with the valid bit. */
  readonly information: number;
  readonly error: number;
  readonly length: number;
}

/** What the processor works on in VMX non-root operation. */
export interface Guest {
  readonly core: Core;
  /** Bit n: the n-th of the `controls` of the universe. */
  readonly controls: number;
  readonly virtual: VirtualApic;
  /** The page of the guest's IDT is in the EPT. */
  readonly idt: boolean;
  /** An MTF VM exit is pending. */
  readonly mtf: boolean;
  /** The VMX-preemption timer is at zero. */
  readonly timer: boolean;
}

/** What stands around L1's processor: its local APIC, the 8259, the I/O APIC, and what waits at its pins. */
export interface Chips {
  readonly apic: LocalApic;
  /** The 8259 asserts. */
  readonly pic: boolean;
  /** The line of the I/O APIC is high. */
  readonly line: boolean;
  readonly remoteIrr: boolean;
  readonly nmi: boolean;
  readonly init: boolean;
  readonly sipi: boolean;
}

/** The whole state of the profiles `bare` and `hardware`: one processor that runs L1 and L2. */
export interface BareState {
  readonly kind: 'bare';
  readonly machine: Machine;
  readonly out: Outputs;
  readonly shown: Shown;
  readonly chips: Chips;
  readonly runsL2: boolean;
  readonly l1: Core;
  /** L2, in the VMCS while L1 runs. */
  readonly guest: Guest;
  readonly entry: EventFields;
  /** The VMX-preemption timer value is 0. */
  readonly expired: boolean;
}

/** A VMCS that L0 made: 01 for L1, 02 for L2. */
export interface Vmcs {
  readonly guest: Guest;
  readonly entry: EventFields;
}

/** The VMCS that L1 keeps for L2: memory of L1 that no processor ever loads. */
export interface Vmcs12 {
  readonly core: Core;
  readonly controls: number;
  readonly entry: EventFields;
  readonly expired: boolean;
  /** L1's EPT maps the page of L2's IDT. */
  readonly idt: boolean;
  /** The virtual-APIC page of L2, its descriptor, RVI and SVI; while L2 runs they are with 02. */
  readonly virtual: VirtualApic;
}

/** What L0 means to do before the next entry. */
export type Plan =
  /** Enter; what there is to do is done by the processor, or nothing. */
  | 'enter'
  /** Inject the event that is in flight once more. */
  | 'inject-in-flight'
  | 'inject-nmi'
  | 'inject-interrupt'
  /** Posted-interrupt processing for L2. */
  | 'process-posted'
  | 'exit-sipi'
  | 'exit-init'
  | 'exit-mtf'
  | 'exit-timer'
  | 'exit-nmi-window'
  | 'exit-nmi'
  | 'exit-interrupt';

/** What L0 keeps beyond the VMCSs and the chips. */
export interface Hypervisor {
  /** VMLAUNCH or VMRESUME of L1 has passed its checks, and the processor was not in L2 since. */
  readonly runPending: boolean;
  /** A delivery that has not come to its end, or the event that L1 injects; information 0: none. */
  readonly inflight: EventFields;
  /** An MTF exit for L1. */
  readonly mtf: boolean;
  /** L1's preemption timer, which L0 counts down in software, is at zero. */
  readonly timer: boolean;
  /** With "NMI exiting" and without "virtual NMIs" of L1: what bit 3 is for L1. */
  readonly nmiBlocking: boolean;
  /** L0's own software has asked for a window. */
  readonly window: boolean;
  /** What exits to L0 the next time it happens. */
  readonly trapDelivery: boolean;
  readonly trapInstruction: boolean;
  readonly trapEmulation: boolean;
  /** It has looked, and nothing has become pending since. */
  readonly looked: boolean;
  readonly plan: Plan;
}

/** What waits at the physical processor while it is, or will be, in a guest. */
export interface Physical {
  /** An interrupt that L0 sent to itself. */
  readonly interrupt: boolean;
  /** An NMI that L0 sent to itself. */
  readonly nmi: boolean;
  /** The notification for L1's descriptor. */
  readonly notification: boolean;
}

/** The whole state of the profile `nested`: L0 runs L1 and L2. */
export interface NestedState {
  readonly kind: 'nested';
  readonly machine: Machine;
  readonly out: Outputs;
  readonly shown: Shown;
  readonly chips: Chips;
  /** L2 is the current level. */
  readonly runsL2: boolean;
  /** The processor is in VMX non-root operation; else L0 has control. */
  readonly inGuest: boolean;
  readonly vmcs01: Vmcs;
  readonly vmcs02: Vmcs;
  readonly vmcs12: Vmcs12;
  readonly l0: Hypervisor;
  readonly physical: Physical;
}

/** The whole state. */
export type NestedVmxState = BareState | NestedState;
