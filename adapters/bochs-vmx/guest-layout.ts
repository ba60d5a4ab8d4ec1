/**
 * What both sides agree on: addresses, operation codes, tags. The build turns it into a C header and an assembler
 * include, so that every number is written once.
 */

/** Physical addresses of the machine; L2 sees the same ones (EPT and both sets of page tables are identity maps). */
export const guestAddresses = {
  /** The hypervisor's image: code, data, the handlers of L1 and of L2. */
  kernel: 0x10_0000,
  /** Where the second CPU starts, in real mode. */
  helper: 0x8000,
  /** L2's handlers, 16 bytes apart. */
  level2Handlers: 0x10_1000,
  /** The pages that a sequence can change, see {@link arenaPages}. */
  arena: 0x40_0000,
  /** What the arena is reset to before each sequence. */
  pristine: 0x60_0000,
  /** VMXON region, then one page per VMCS. */
  vmxRegions: 0x80_0000,
  vmcsCount: 2,
  /** A block of sequences as read from the disk, and its answer. */
  input: 0x100_0000,
  output: 0x140_0000,
  blockMaxBytes: 0x40_0000,
} as const;

/** Pages of 4 KiB in the arena, in order. They are mapped one by one, in L2's page table and in the EPT. */
export const arenaPages = [
  /** L2 starts here. */
  'code',
  'stack',
  /** What TSS.RSP0 points to: L2's stack after an event at CPL 3. */
  'ring0Stack',
  /** What TSS.IST1 points to. */
  'istStack',
  'idt',
  /** GDT at 0, TSS at 0x800. */
  'descriptors',
  'dataA',
  'dataB',
  /** What the driver and the code of a stay share, see {@link driverPage}. */
  'driver',
  'virtualApic',
  'apicAccess',
  'msrBitmap',
  'ioBitmapA',
  'ioBitmapB',
  /** MSR-store list of exits at 0, MSR-load list of exits at 0x400, MSR-load list of entries at 0x800. */
  'msrAreas',
  /** Posted-interrupt descriptor at 0, #VE information area at 0x800. */
  'postedAndVe',
  'pml',
  /** What the handlers of L2 do, see {@link handlerPage}. */
  'handlers',
  'records',
  'pml4',
  'pdpt',
  'pageDirectory',
  /** L2's page table of the arena: one entry per page. */
  'pageTable',
  'eptPml4',
  'eptPdpt',
  'eptDirectory',
  /** EPT page table of the arena: one entry per page. */
  'eptTable',
] as const;

export type ArenaPage = (typeof arenaPages)[number];

/** Physical (and guest-physical, and linear) address of a page of the arena. */
export const pageAddress = (page: ArenaPage, offset = 0): number =>
  guestAddresses.arena + arenaPages.indexOf(page) * 0x1000 + offset;

/** First instruction of L2's handler of a vector. */
export const level2Handler = (vector: number): number => guestAddresses.level2Handlers + 16 * vector;

/** Offsets in the page `handlers`, and what they hold. */
export const handlerPage = {
  /** One byte per vector, bits of {@link handlerActions}. */
  actions: 0,
  /** Number of records, then 1 if some did not fit. */
  count: 0x100,
  overflow: 0x108,
  /** Records that fit into the page `records`, 64 bytes each. */
  capacity: 64,
  /** 1: a handler goes on in the stay, see {@link driverPage}. */
  continues: 0x110,
  /** Spurious vector of the local APIC. */
  spurious: 0xff,
} as const;

/** Offsets in the page `driver`. A stay is L2's code between two instructions of L1, in slots: one per event. */
export const driverPage = {
  /** Offset in the page `code` of each slot, 16 bits each; the last one ends the stay. */
  starts: 0,
  /** Address of the code that returns from an interrupt of L2, to RDX. */
  iret: 0x200,
  /** The code of a stay sets this byte to 1 before it sends an NMI. */
  nmiLatched: 0x208,
  /** The slot of each byte of the code. */
  slots: 0x400,
  codeBytes: 0xc00,
} as const;

/** Where L2's stack begins, in its page. */
export const stackTop = 0xff0;

/** In place of a slot. */
export const staySlots = {
  /** VM entry itself: the event that it injected. */
  entry: 0xfffe,
  /** An address that belongs to no slot. */
  nowhere: 0xffff,
} as const;

/** Why a stay is not what the manual says, though Bochs played it. */
export const stayDeviations = {
  /** L2 was entered in a state in which Bochs is known to ignore something. */
  ignored: 1,
  /** L2 was entered though the entry should have failed. */
  unchecked: 2,
} as const;

/** What a handler of L2 does after it has recorded its event. 0: VMCALL, and IRET when L1 resumes it behind. */
export const handlerActions = {
  /** IRET without VMCALL. */
  quiet: 1,
  /** Writes the EOI register (x2APIC) before anything else. */
  eoi: 2,
  /** Also records DR6, which exits under "MOV-DR exiting". */
  dr6: 4,
  /** Bits 7:4: bytes that are added to the return RIP. */
  skipShift: 4,
} as const;

/** Kinds of place that a sequence can write, read and watch: source = identifier * 8 + kind. */
export const sourceKinds = {
  /** VMCS field of the current VMCS; the identifier is its encoding. */
  vmcs: 0,
  msr: 1,
  /** Physical memory. */
  memory64: 2,
  memory32: 3,
  memory8: 4,
  /** Identifiers: {@link registers}. */
  register: 5,
  /** 8-bit port. */
  port: 6,
  /** L2's general register, in the order of the instruction encoding; RSP is a VMCS field. */
  general: 7,
} as const;

export type SourceKind = keyof typeof sourceKinds;

/** Registers that no VMCS holds, or that L1 has of its own. */
export const registers = {
  dr0: 0,
  dr1: 1,
  dr2: 2,
  dr3: 3,
  dr6: 6,
  dr7: 7,
  cr0: 8,
  cr2: 10,
  cr3: 11,
  cr4: 12,
  cr8: 16,
  rflags: 17,
} as const;

/** Operations of a sequence. All operands are LEB128 numbers unless said otherwise. */
export const operationCodes = {
  end: 0,
  /** source, value. */
  set: 1,
  /** source; answers `value`. */
  get: 2,
  /** count, sources: what `exit` and `snapshot` show from now on. */
  watch: 3,
  /** Answers `snapshot`. */
  snapshot: 4,
  /** Bits of {@link entryFlags}; answers `level2` for each record of L2's handlers, then `exit`. */
  enter: 5,
  /** n: STI, n + 1 times NOP, CLI in L1; answers `level1` for each interrupt taken. */
  window: 6,
  /** address, length, that many bytes: writes physical memory. */
  copy: 7,
  /** 0 or 1: CLI or STI in L1. */
  interruptFlag: 8,
  /** IRET in L1: ends blocking by NMI. */
  iret: 9,
  /** INVEPT, all contexts. */
  invept: 10,
  /** VMCLEAR of a VMCS slot; answers `value`. */
  vmclear: 11,
  /** VMPTRLD of a VMCS slot; answers `value`. */
  vmptrld: 12,
  /** Ticks until the watchdog ends a stay in L2. */
  fuel: 13,
  /** From now on L1 is driven: its IF, blocking and interrupted contexts are variables, 0 at first. */
  drive: 14,
  /** 1 if blocking by STI holds NMIs off, bytes: the boundary of L1; if it takes something, that many bytes are skipped. */
  boundary: 15,
  /** Of {@link level1Instructions}. */
  level1: 16,
  /** source, bits to clear, bits to set. */
  change: 17,
  /** vector: into VIRR, and RVI if it is higher. */
  pend: 18,
  /** slot of the end; answers `delivered` for each event of L2, then `stay`. */
  stay: 19,
  /** n: answers `snapshot` of the first n watched places. */
  peek: 20,
  /** bytes: these are skipped if the last stay has not ended by an exit of its own. */
  outside: 21,
  /** action, argument: of the machine of `vmcs12`; answers `level2` for each event of L2, then `value`. */
  vmcs12: 40,
  /** action, argument: of the machine of `idt-vectoring`; answers `words` for each event. */
  idtVectoring: 41,
} as const;

/** What `level1` does to the variables of a driven L1. */
export const level1Instructions = {
  sti: 0,
  cli: 1,
  movSs: 2,
  iret: 3,
  /** An NMI arrives: it waits for the next boundary. */
  nmi: 4,
} as const;

/** How `enter` goes about it. */
export const entryFlags = {
  /** No watchdog: the VMX-preemption timer is the sequence's own. */
  unwatched: 1,
  /** VMLAUNCH or VMRESUME whatever the launch state; without either, what the launch state asks for. */
  launch: 2,
  resume: 4,
  /** Directly behind a MOV to SS. */
  movSs: 8,
} as const;

/** Tags of answers. */
export const answerTags = {
  end: 0,
  /** How the VMX instruction went (0 entered and exited, 1 VMfailInvalid, 2 VMfailValid), then as `snapshot`. */
  exit: 1,
  /** 0 or the reason why there is none (1 VMfailInvalid, 2 VMfailValid), value. */
  value: 2,
  /** Pairs of index + 1 and value, for watched sources that changed; 0. */
  snapshot: 3,
  /** An interrupt or NMI in L1: vector. */
  level1: 4,
  /** An exception of L1's own instruction, which thereby did nothing: vector, error code. */
  fault: 5,
  /** An event in L2: vector, 1 with error code, CS, SS, error code, RIP, RFLAGS, RSP, CR2, DR6. */
  level2: 6,
  /** A driven L1 took an interrupt or NMI: vector, RFLAGS.IF before. */
  taken: 7,
  /** An event in a stay: vector, 1 with error code, error code, slot, offset of RIP from the page `code`, RFLAGS.IF. */
  delivered: 8,
  /**
   * As `exit`: outcome; slot of RIP; 1 if L2 had come to the end of the stay, or to nothing at all; 0 or one of
   * {@link stayDeviations}; changes.
   */
  stay: 9,
  /** count, words. */
  words: 10,
} as const;

/** How a sequence ended. */
export const endStatuses = {
  done: 0,
  unknownOperation: 1,
  /** L2's handlers recorded more than fits. */
  recordsOverflow: 2,
  outputOverflow: 3,
  /** The machine could not be brought back to its initial state: the rest of the block is not run. */
  tainted: 4,
} as const;

/** Sectors of the disk by which blocks are exchanged. */
export const diskLayout = {
  inputSector: 0,
  outputSector: 0x4000,
  sectors: 0x8000,
  /** First word of a block and of an answer. */
  magic: 0x4b_4c_42_56,
} as const;

/** Bytes that the hypervisor prints on port 0xE9. */
export const signals = {
  ready: 1,
  sequence: 2,
  blockDone: 3,
  /** A message follows, up to the end of the line: the hypervisor has given up. */
  fatal: 4,
} as const;

/** Watchdog, in ticks of the time-stamp counter, where a sequence sets none. */
export const defaultFuel = 20_000;
/** Sources that a sequence can watch. */
export const watchCapacity = 256;
