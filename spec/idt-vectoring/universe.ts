import { eventTypes } from '../vmx/interruption-information.ts';

/** Vectors of external interrupts, one per priority class. Bit n of a word that shows IRR or ISR is the n-th of them. */
export const externalVectors = [0x20, 0x31, 0x40] as const;

/** The vector that an interrupt controller outside the local APIC gives: it touches neither IRR nor ISR. */
export const extIntVector = 0x30;

/** Vectors whose gate the guest can change. Two bits of `tables.gates` each, in this order from bit 0 up. */
export const gateVectors = [13, 14, 1, 3, 0x21, 0x31, 2, 8] as const;

/** What a gate can be; its place is the value of its two bits. `closed`: its DPL is below CPL. */
export const gateStates = ['present', 'absent', 'task', 'closed'] as const;

/** Instructions of the guest by event kind; `program.begun` counts them from 1. */
export const instructions = [
  'nop',
  'sti',
  'cli',
  'movss',
  'popf',
  'movdr',
  'fault',
  'movs',
  'codeBreakpoint',
  'dataBreakpoint',
  'int3',
  'into',
  'intn',
  'int1',
  'hlt',
  'eoi',
  'iret',
] as const;

/** Name of an instruction. */
export type InstructionName = (typeof instructions)[number];

/** Bytes of each instruction. `fault` has two lengths: {@link faultLengths}. */
export const instructionLengths: Readonly<Record<Exclude<InstructionName, 'fault'>, number>> = {
  nop: 1,
  sti: 1,
  cli: 1,
  movss: 2,
  popf: 1,
  movdr: 3,
  movs: 1,
  codeBreakpoint: 1,
  dataBreakpoint: 3,
  int3: 1,
  into: 1,
  intn: 2,
  int1: 1,
  hlt: 1,
  eoi: 2,
  iret: 2,
};

/** Bytes of the instruction that raises a fault: DIV and UD2, and a load. */
export const faultLengths = { 0: 2, 6: 2, 13: 3, 14: 3, 17: 3, 20: 3 } as const;

/** Error codes and linear addresses, by where a fault comes from. */
export const faults = {
  /** `fault` with 13, 14, 17. */
  instruction: { errors: { 13: 0, 14: 0, 17: 0 }, address: 0xa000 },
  /** `movs`: a write to a page that is not present. */
  movs: { error: 2, address: 0xa800 },
  /** `iret` that meets a fault of the guest. */
  iret: { errors: { 13: 0x28, 14: 0 }, address: 0xc000 },
  /** A fault of the guest during delivery; EXT is added to the error codes of 11, 12, 13. */
  delivery: { errors: { 11: 0x18, 12: 0, 13: 0x10, 14: 2, 17: 0 }, address: 0xb000 },
  /** A page of the hypervisor's shadow page tables that is missing. */
  shadow: { error: 2, address: 0xe000 },
} as const;

/** Bit 0 of an error code: the exception occurred while an event external to the program was delivered. */
export const ext = 1;

/** Bit 1 of an error code: bits 15:3 are the index of an IDT gate. */
export const idtBit = 2;

/** Bits of DR6, of the pending debug exceptions and of the exit qualification of #DB that occur. */
export const debugBits = {
  codeBreakpoint: 1 << 0,
  dataBreakpoint: 1 << 1,
  generalDetect: 1 << 13,
  singleStep: 1 << 14,
} as const;

/** Handler frames that are remembered; the oldest is forgotten when another one is pushed. */
export const maximumFrames = 8;

/** Obstacles of each side, the hypervisor's and the guest's, that can lie in the way at once. */
export const maximumObstacles = 3;

/** Obstacles in the order of their nibble in `tables.obstacles` (1 is the first). */
export const obstacles = [
  'page',
  'pml',
  'apicAccess',
  'misconfiguration',
  'client',
  'pf',
  'gp',
  'np',
  'ss',
  'ac',
  'pfEmulated',
  'gpEmulated',
  'npEmulated',
  'ssEmulated',
  'acEmulated',
] as const;

/** Vector of the guest's own fault during delivery. */
export const spoiledVectors = { pf: 14, gp: 13, np: 11, ss: 12, ac: 17 } as const;

/** The exception bitmap of each value of `intercepts`. Shadow paging adds bit 14; #VE is never intercepted. */
export const exceptionBitmaps = {
  none: 0,
  faults: (1 << 0) | (1 << 6) | (1 << 11) | (1 << 12) | (1 << 13) | (1 << 17),
  pf: 1 << 14,
  df: 1 << 8,
  debug: (1 << 1) | (1 << 3) | (1 << 4),
  all: 0xfffff & ~(1 << 2),
} as const;

/** An event as the VM-entry fields describe it, and what software has to write with it. */
export interface InjectedEvent {
  readonly type: number;
  readonly vector: number;
  /** Absent: no error code. */
  readonly error?: number;
  /** VM-entry instruction length, types 4, 5, 6. */
  readonly length?: number;
  /** CR2 for #PF, bits of DR6 for #DB. */
  readonly payload?: number;
}

const { externalInterrupt, nmi, hardwareException, softwareInterrupt, privilegedSoftwareException, softwareException } =
  eventTypes;

/** What can be injected from outside the guest's program. */
export const injectedEvents = {
  gp: { type: hardwareException, vector: 13, error: 0x18 },
  pf: { type: hardwareException, vector: 14, error: 6, payload: 0xd000 },
  ud: { type: hardwareException, vector: 6 },
  db: { type: hardwareException, vector: 1, payload: debugBits.singleStep },
  df: { type: hardwareException, vector: 8, error: 0 },
  mc: { type: hardwareException, vector: 18 },
  /** Type 3 with the vector of INT3: not a software exception. */
  hardwareBp: { type: hardwareException, vector: 3 },
  extInt: { type: externalInterrupt, vector: extIntVector },
  nmi: { type: nmi, vector: 2 },
  int21: { type: softwareInterrupt, vector: 0x21, length: 2 },
  int14: { type: softwareInterrupt, vector: 14, length: 2 },
  int21Zero: { type: softwareInterrupt, vector: 0x21, length: 0 },
  int1: { type: privilegedSoftwareException, vector: 1, length: 1 },
  bp: { type: softwareException, vector: 3, length: 1 },
  /** A software exception with a vector that no instruction has. */
  softUd: { type: softwareException, vector: 6, length: 2 },
} as const satisfies Readonly<Record<string, InjectedEvent>>;

/** Name of an event that can be injected. */
export type InjectedName = keyof typeof injectedEvents;

/**
 * VM-entry fields that are refused: VM-entry interruption information, error code, length. `early`: VMfail with
 * VM-instruction error 7; `late`: exit reason 33 with bit 31. The guest state that each needs is in
 * `docs/idt-vectoring-events.md`.
 */
export const refusedEntries = {
  reservedType: { interruption: 0x8000_0120, error: 0, length: 0, fails: 'early' },
  otherWithVector: { interruption: 0x8000_0701, error: 0, length: 0, fails: 'early' },
  nmiVector: { interruption: 0x8000_0203, error: 0, length: 0, fails: 'early' },
  exceptionVector: { interruption: 0x8000_0320, error: 0, length: 0, fails: 'early' },
  reservedBit12: { interruption: 0x8000_1202, error: 0, length: 0, fails: 'early' },
  errorCodeOnExternal: { interruption: 0x8000_0830, error: 0, length: 0, fails: 'early' },
  errorCodeOnInt14: { interruption: 0x8000_0c0e, error: 0, length: 2, fails: 'early' },
  errorCodeOnDb: { interruption: 0x8000_0b01, error: 0, length: 0, fails: 'early' },
  noErrorCodeOnGp: { interruption: 0x8000_030d, error: 0, length: 0, fails: 'early' },
  errorCodeBit16: { interruption: 0x8000_0b0d, error: 0x1_0000, length: 0, fails: 'early' },
  zeroLength: { interruption: 0x8000_0421, error: 0, length: 0, fails: 'early' },
  length16: { interruption: 0x8000_0603, error: 0, length: 16, fails: 'early' },
  externalWithIfClear: { interruption: 0x8000_0030, error: 0, length: 0, fails: 'late' },
  externalInShadow: { interruption: 0x8000_0030, error: 0, length: 0, fails: 'late' },
  nmiInMovss: { interruption: 0x8000_0202, error: 0, length: 0, fails: 'late' },
  nmiWhileBlocked: { interruption: 0x8000_0202, error: 0, length: 0, fails: 'late' },
  gpInHlt: { interruption: 0x8000_0b0d, error: 0, length: 0, fails: 'late' },
  softInHlt: { interruption: 0x8000_0421, error: 0, length: 2, fails: 'late' },
  shadowWithoutSingleStep: { interruption: 0, error: 0, length: 0, fails: 'late' },
  stiWithIfClear: { interruption: 0, error: 0, length: 0, fails: 'late' },
} as const;

/** Name of a set of VM-entry fields that is refused. */
export type RefusedName = keyof typeof refusedEntries;
