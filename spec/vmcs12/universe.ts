import type { VmcsFieldName } from './fields.ts';

/** Bits of the control words, by the manual's names: which field, which bit. */
export const controlBits = {
  externalInterruptExiting: { field: 'pinControls', bit: 0 },
  nmiExiting: { field: 'pinControls', bit: 3 },
  virtualNmis: { field: 'pinControls', bit: 5 },
  interruptWindowExiting: { field: 'processorControls', bit: 2 },
  tscOffsetting: { field: 'processorControls', bit: 3 },
  hltExiting: { field: 'processorControls', bit: 7 },
  cr3LoadExiting: { field: 'processorControls', bit: 15 },
  tprShadow: { field: 'processorControls', bit: 21 },
  nmiWindowExiting: { field: 'processorControls', bit: 22 },
  movDrExiting: { field: 'processorControls', bit: 23 },
  unconditionalIoExiting: { field: 'processorControls', bit: 24 },
  msrBitmaps: { field: 'processorControls', bit: 28 },
  apicAccesses: { field: 'secondaryControls', bit: 0 },
  ept: { field: 'secondaryControls', bit: 1 },
  apicRegisters: { field: 'secondaryControls', bit: 8 },
  virtualInterruptDelivery: { field: 'secondaryControls', bit: 9 },
  saveDebugControls: { field: 'exitControls', bit: 2 },
  acknowledgeInterrupt: { field: 'exitControls', bit: 15 },
  savePat: { field: 'exitControls', bit: 18 },
  loadHostPat: { field: 'exitControls', bit: 19 },
  saveEfer: { field: 'exitControls', bit: 20 },
  loadHostEfer: { field: 'exitControls', bit: 21 },
  loadDebugControls: { field: 'entryControls', bit: 2 },
  loadPat: { field: 'entryControls', bit: 14 },
  loadEfer: { field: 'entryControls', bit: 15 },
  interceptDb: { field: 'exceptionBitmap', bit: 1 },
  interceptBp: { field: 'exceptionBitmap', bit: 3 },
  interceptUd: { field: 'exceptionBitmap', bit: 6 },
  interceptGp: { field: 'exceptionBitmap', bit: 13 },
  interceptPf: { field: 'exceptionBitmap', bit: 14 },
} as const satisfies Readonly<Record<string, { readonly field: VmcsFieldName; readonly bit: number }>>;

/** Bits that a small implementation may lack, or that change the mode in which L2 runs. */
export const optionalControlBits = {
  preemptionTimer: { field: 'pinControls', bit: 6 },
  monitorTrapFlag: { field: 'processorControls', bit: 27 },
  vmFunctions: { field: 'secondaryControls', bit: 13 },
  pml: { field: 'secondaryControls', bit: 17 },
  eptpSwitching: { field: 'functionControls', bit: 0 },
  saveTimer: { field: 'exitControls', bit: 22 },
  clearBndcfgs: { field: 'exitControls', bit: 23 },
  ia32eModeGuest: { field: 'entryControls', bit: 9 },
  loadBndcfgs: { field: 'entryControls', bit: 16 },
} as const satisfies Readonly<Record<string, { readonly field: VmcsFieldName; readonly bit: number }>>;

/** Name of a control bit. */
export type ControlBit = keyof typeof controlBits | keyof typeof optionalControlBits;

/** Events that L1 injects: interruption information, error code and length as L1 writes them; absent: not written. */
export const injections = {
  none: { information: 0 },
  externalInterrupt: { information: 0x8000_0031 },
  nmi: { information: 0x8000_0202 },
  ud: { information: 0x8000_0306 },
  pf: { information: 0x8000_0b0e, errorCode: 2 },
  softwareInterrupt: { information: 0x8000_0421, length: 2 },
  int3: { information: 0x8000_0603, length: 1 },
  int1: { information: 0x8000_0501, length: 1 },
  monitorTrap: { information: 0x8000_0700 },
  /** Type 1 is reserved: the entry fails early. */
  reservedType: { information: 0x8000_0131 },
} as const satisfies Readonly<
  Record<string, { readonly information: number; readonly errorCode?: number; readonly length?: number }>
>;

/** Name of an event to inject. */
export type Injection = keyof typeof injections;

/** MSRs that L2 writes: index, and what it can write. EFER.LMA in a written value is ignored. */
export const msrs = {
  pat: { index: 0x277, values: [0x0007_0406, 0x0007_0106, 0x0001_0406, 0x0007_0400] },
  sysenterCs: { index: 0x174, values: [0x00, 0x08, 0x10, 0x18] },
  sysenterEsp: { index: 0x175, values: [0x0000, 0x7100, 0x7200, 0x7300] },
  efer: { index: 0xc000_0080, values: [0x500, 0x501, 0xd00, 0x000] },
} as const;

/** MSRs that not every processor has. */
export const optionalMsrs = {
  debugctl: { index: 0x1d9, values: [0, 1, 2, 3] },
  bndcfgs: { index: 0xd90, values: [0, 1, 2, 3] },
  perfGlobal: { index: 0x38f, values: [0, 1, 2, 3] },
} as const;

/** Values that L2 moves to control and debug registers. */
export const operands = {
  /** The last one turns paging off. */
  cr0: [0x8001_0033, 0x8001_003b, 0x8000_0033, 0x8000_003d, 0x0001_0033],
  cr3: [0x1000, 0x2000, 0x3000, 0x4000],
  /** The last one has VMXE = 0. */
  cr4: [0x2220, 0x22a0, 0x2020, 0x0220],
  dr7: [0x400, 0x500, 0x600, 0x700],
  lmsw: [0x3, 0xb],
} as const;

/** Lengths in bytes of L2's instructions. */
export const lengths = {
  nop: 1,
  movCr: 3,
  clts: 2,
  lmsw: 3,
  movDr: 3,
  wrmsr: 2,
  rdmsr: 2,
  cpuid: 2,
  hlt: 1,
  vmcall: 3,
  out: 2,
  outs: 1,
  int3: 1,
  int1: 1,
  intN: 2,
  sti: 1,
  cli: 1,
  /** MOV to SS, DS or FS. */
  loadSegment: 2,
  lldt: 3,
  farJump: 7,
  taskSwitch: 7,
  descriptorTable: 8,
  popf: 1,
  movRsp: 3,
  iret: 2,
  vmfunc: 3,
  /** MOV to or from memory. */
  access: 3,
  movCr8: 4,
} as const;

/** Segments that L2 loads by MOV or LLDT, with what the descriptors hold. Null: unusable. */
export const descriptors = {
  0x00: { base: 0, limit: 0, accessRights: 0x1_0000 },
  0x10: { base: 0, limit: 0xffff_ffff, accessRights: 0xc093 },
  0x20: { base: 0x5000, limit: 0x000f_ffff, accessRights: 0xc093 },
  0x28: { base: 0x5000, limit: 0xffff, accessRights: 0x0082 },
} as const;

/** Code segments: `0x08` is 64-bit code, `0x18` is 32-bit code. */
export const codeSegments = {
  0x08: { base: 0, limit: 0xffff_ffff, accessRights: 0xa09b },
  0x18: { base: 0, limit: 0xffff_ffff, accessRights: 0xc09b },
} as const;

/** PDPTEs 0 and 1 in memory, by CR3. */
export const pdptesInMemory = {
  0x1000: [0x3001, 0x4001],
  0x2000: [0x5001, 0x0000],
  0x3000: [0x6001, 0x3001],
  0x4000: [0x0000, 0x6001],
} as const;

/** What LGDT and LIDT load: base and limit. */
export const tables = {
  gdt: [
    { base: 0x7000, limit: 0x7f },
    { base: 0x7800, limit: 0xff },
  ],
  idt: [
    { base: 0x6000, limit: 0xfff },
    { base: 0x6800, limit: 0xffff },
  ],
} as const;

/** EPT pointers in the list of VM function 0. */
export const eptpList = [0x701e, 0x801e] as const;

/** Constants of L2's world. */
export const places = {
  /** Handler of vector v: `handlers + 16 * v`. */
  handlers: 0x8_0000,
  /** The operand of LMSW, OUTS and of accesses that EPT denies: linear, physical alike. */
  data: 0x5000,
  /** What a page fault puts into CR2. */
  faultAddress: 0x5678,
  /** Selector of the TSS of a task switch. */
  task: 0x28,
  /** The offset that `apicWrite` writes: ICR, low half. */
  apicOffset: 0x300,
  /** The offset that the frame of an event hits where the stack is on the APIC-access page. */
  apicFrameOffset: 0x800,
  port: 0x80,
} as const;

/** Lists of MSRs: what the counts take from the front. */
export const msrLists = {
  /** Stored at exit: L2's value of each. */
  exitStore: ['sysenterCs', 'pat'],
  /** Loaded at exit, after host state. */
  exitLoad: [{ msr: 'pat', value: 0x0007_0405 }],
  /** Loaded at entry, after guest state. Entry 2 is IA32_FS_BASE, which may not stand there: reason 34. */
  entryLoad: [{ msr: 'sysenterEsp', value: 0x7f00 }, { msr: 'fsBase' }],
} as const;

/** VM-instruction errors that occur. */
export const instructionErrors = {
  launchOfLaunched: 4,
  resumeOfClear: 5,
  invalidControls: 7,
  invalidHostState: 8,
  unsupportedField: 12,
  readOnlyField: 13,
  entryInMovSsShadow: 26,
} as const;
