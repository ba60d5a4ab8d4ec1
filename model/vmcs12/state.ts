import type { Machine } from './machine.ts';
import type { FieldValues, Vmcs } from './vmcs.ts';

/** Section `step`: what came of the event. */
export interface Step {
  readonly outcome: number;
  readonly value: number;
  /** Bits of the value that are defined. */
  readonly defined: number;
}

/** The event that reached a handler of L2; zero if none did. */
export interface Delivery {
  readonly event: number;
  readonly returnRip: number;
  readonly errorCode: number;
}

/** Who runs, and the VMCSs. */
export interface Platform {
  /** 1 or 2. */
  readonly level: number;
  /** Slot of the current VMCS; -1: there is none. */
  readonly current: number;
  /** Bit s: the VMCS of slot s is launched. */
  readonly launched: number;
}

/** Registers of L1: what it runs with, or ran with when it entered L2. */
export interface L1 {
  readonly rip: number;
  readonly rsp: number;
  readonly rflags: number;
  readonly cr0: number;
  readonly cr3: number;
  readonly cr4: number;
  readonly dr7: number;
  readonly csSelector: number;
  readonly fsBase: number;
  readonly gdtrBase: number;
  readonly gdtrLimit: number;
  readonly sysenterCs: number;
  readonly pat: number;
  readonly efer: number;
}

/** One MSR that has a section of its own. */
export interface Word {
  readonly value: number;
}

/** Registers that no VM entry and no exit switches. */
export interface Shared {
  readonly cr2: number;
  readonly dr6: number;
}

/** The VM-exit MSR-store area. */
export interface MsrStore {
  readonly sysenterCs: number;
  readonly pat: number;
}

/** What the next event delivery in L2 meets. */
export type Obstacle = 'none' | 'ept' | 'misconfiguration' | 'gp' | 'apicAccess' | 'taskGate' | 'pml';

/** L1's memory. */
export interface Memory {
  /** MSRs whose bits in the MSR bitmap are 1. */
  readonly msrBitmap: Readonly<Record<string, boolean>>;
  readonly obstacle: Obstacle;
}

/** A segment register. */
export interface Segment {
  readonly selector: number;
  readonly base: number;
  readonly limit: number;
  readonly accessRights: number;
}

/** GDTR or IDTR. */
export interface Table {
  readonly base: number;
  readonly limit: number;
}

/** CR0 or CR4 as the processor has it while L2 runs. */
export interface ControlRegister {
  /** The register itself. */
  readonly hardware: number;
  /** The read shadow in use. */
  readonly shadow: number;
  /** Bits that L2 reads and writes in the register itself: those outside the guest/host mask in use. */
  readonly owned: number;
}

/** A data segment, or LDTR, of L2. */
export type SegmentName = 'ss' | 'ds' | 'fs' | 'ldtr';

/** The processor as L2 has it. It stays behind when L2 exits, and is of no effect then. */
export interface L2 {
  readonly cr0: ControlRegister;
  readonly cr3: number;
  readonly cr4: ControlRegister;
  readonly dr7: number;
  readonly rsp: number;
  readonly rip: number;
  readonly rflags: number;
  /** RF is what the manual leaves open. */
  readonly isRfUndefined: boolean;
  readonly cs: Segment;
  readonly ss: Segment;
  readonly ds: Segment;
  readonly fs: Segment;
  readonly ldtr: Segment;
  readonly gdtr: Table;
  readonly idtr: Table;
  readonly sysenterCs: number;
  readonly sysenterEsp: number;
  readonly pat: number;
  readonly efer: number;
  readonly debugctl: number;
  readonly bndcfgs: number;
  readonly pdptes: readonly [number, number];
  readonly activity: number;
  /** Blocking by STI or MOV SS, as in the interruptibility field. */
  readonly shadow: number;
  readonly nmiBlocking: boolean;
  /** Pending debug exceptions. */
  readonly pendingDebug: number;
  readonly rvi: number;
  readonly svi: number;
  readonly pmlIndex: number;
  /** VMX-preemption timer; 0 if it is not activated. */
  readonly timer: number;
  /** EPT pointer in use; 0 without EPT. */
  readonly eptp: number;
}

/** What L0 has of its own, and the VMCS under which L2 really runs. No word of the observation depends on it. */
export interface L0 {
  /** TS is taken from L2, and set in hardware. */
  readonly lazyFpu: boolean;
  /** PGE is taken from L2, and set in hardware. */
  readonly trapsPge: boolean;
  /** The IDT of L2 is out of L0's EPT. */
  readonly isObstructed: boolean;
  /** Fields of the third VMCS that L0 composes for hardware at an entry, and its exit information. */
  readonly vmcs02: FieldValues;
  /** The VMCS of L1 as the last entry found it: the copy that L0 works from. */
  readonly vmcs12AtEntry: Vmcs;
}

/** The state of the model. */
export interface Vmcs12State {
  readonly machine: Machine;
  readonly step: Step;
  readonly delivery: Delivery;
  readonly platform: Platform;
  readonly vmcss: readonly [Vmcs, Vmcs];
  readonly l1: L1;
  readonly l1Debugctl: Word;
  readonly l1Bndcfgs: Word;
  readonly shared: Shared;
  readonly sharedPerfGlobal: Word;
  readonly msrStore: MsrStore;
  readonly memory: Memory;
  readonly l2: L2;
  readonly l0: L0;
}

/** The event did nothing that shows in section `step`. */
export const noStep: Step = { outcome: 0, value: 0, defined: 0xffff_ffff };

/** No event reached a handler of L2. */
export const noDelivery: Delivery = { event: 0, returnRip: 0, errorCode: 0 };

/** Outcomes of section `step`. */
export const outcomes = {
  none: 0,
  succeed: 1,
  failInvalid: 2,
  failValid: 3,
  entered: 4,
  exited: 5,
  entryFailed: 6,
} as const;

/** An event on its way to a handler of L2. */
export interface EventInFlight {
  /** Interruption information with the valid bit. */
  readonly information: number;
  readonly errorCode?: number;
  /** Length of the instruction, of a software event. */
  readonly length: number;
  readonly like: 'fault' | 'trap' | 'interrupt' | 'software';
  readonly isInjected: boolean;
}

/** Why L2 exits to L1. */
export interface VmExit {
  readonly reason: number;
  /**
   * What the exit is like: an instruction that is not executed; a fault, or a denied access; an event at a boundary, or
   * INT3 and INT1; what comes after an instruction has completed; the delivery of an event that fails; a triple fault.
   */
  readonly by: 'instruction' | 'fault' | 'event' | 'trap' | 'delivery' | 'abort';
  readonly qualification?: number;
  readonly linearAddress?: number;
  readonly physicalAddress?: number;
  /** Interruption information of an event that exits directly. */
  readonly interruption?: number;
  readonly errorCode?: number;
  /** The event whose delivery the exit cut short. */
  readonly inFlight?: EventInFlight;
  readonly instructionLength?: number;
  readonly instructionInformation?: number;
}
