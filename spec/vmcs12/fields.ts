/**
 * Which part of the observation shows a field: one section per group, so that an implementation that lacks a group says so.
 * Every word is the low half of the field, or the whole of it: the upper halves of 64-bit and natural-width fields are
 * constant, see {@link VmcsFieldSpec.high}.
 */
export type FieldGroup =
  | 'registers'
  | 'segments'
  | 'tables'
  | 'msrs'
  | 'debugctl'
  | 'bndcfgs'
  | 'perfGlobal'
  | 'nonRegister'
  | 'pendingDebug'
  | 'timer'
  | 'pdptes'
  | 'interruptStatus'
  | 'pml'
  | 'exitInformation'
  | 'instructionError'
  | 'entryEvent'
  | 'controls'
  | 'masks'
  | 'otherControls'
  | 'host';

/** One field of the VMCS that L1 keeps for L2. */
export interface VmcsFieldSpec {
  readonly group: FieldGroup;
  /** Encoding in the VMCS, for those who drive a processor. */
  readonly encoding: number;
  /** What L1 can write: the value index of an event is a place here; an index that is not here makes it skip. */
  readonly values: readonly number[];
  /** Value at reset, where it is not the first of the values. */
  readonly reset?: number;
  /** Upper half of the field, for ever, where it is not zero. `ones`: all ones if the low half is. */
  readonly high?: number | 'ones';
}

/** Base, limit and access-rights values of the data segments: G = 1, DPL 0. */
const limits = [0xffff_ffff, 0x000f_ffff] as const;
const selectors = [0x10, 0x20, 0x00] as const;
const dataRights = [0xc093, 0x1_0000, 0xc091] as const;
/** What L1 fills exit-information fields with, where VMWRITE may. */
const pattern = [0, 0x55aa] as const;

/** Guest-state area. Representatives: CS, SS, DS, FS, LDTR of eight segments; two PDPTEs of four; CS and ESP of SYSENTER. */
const guest = {
  cr0: { group: 'registers', encoding: 0x6800, values: [0x8001_0033, 0x8001_003b, 0x8000_0033, 0x8000_003d] },
  cr3: { group: 'registers', encoding: 0x6802, values: [0x1000, 0x2000, 0x3000, 0x4000] },
  cr4: { group: 'registers', encoding: 0x6804, values: [0x2220, 0x22a0, 0x2020, 0x0220] },
  dr7: { group: 'registers', encoding: 0x681a, values: [0x400, 0x500, 0x600, 0x700] },
  rsp: { group: 'registers', encoding: 0x681c, values: [0x9000, 0x9800] },
  rip: { group: 'registers', encoding: 0x681e, values: [0x1_0000, 0x2_0000] },
  rflags: { group: 'registers', encoding: 0x6820, values: [0x2, 0x202, 0x0] },
  csSelector: { group: 'segments', encoding: 0x0802, values: [0x08, 0x18] },
  csBase: { group: 'segments', encoding: 0x6808, values: [0] },
  csLimit: { group: 'segments', encoding: 0x4802, values: limits },
  csAccessRights: { group: 'segments', encoding: 0x4816, values: [0xa09b, 0xc09b] },
  ssSelector: { group: 'segments', encoding: 0x0804, values: selectors },
  ssBase: { group: 'segments', encoding: 0x680a, values: [0, 0x5000] },
  ssLimit: { group: 'segments', encoding: 0x4804, values: limits },
  ssAccessRights: { group: 'segments', encoding: 0x4818, values: [0xc093, 0x1_0000] },
  dsSelector: { group: 'segments', encoding: 0x0806, values: selectors },
  dsBase: { group: 'segments', encoding: 0x680c, values: [0, 0x5000] },
  dsLimit: { group: 'segments', encoding: 0x4806, values: limits },
  dsAccessRights: { group: 'segments', encoding: 0x481a, values: dataRights },
  fsSelector: { group: 'segments', encoding: 0x0808, values: selectors },
  fsBase: { group: 'segments', encoding: 0x680e, values: [0, 0x5000, 0x6000] },
  fsLimit: { group: 'segments', encoding: 0x4808, values: limits },
  fsAccessRights: { group: 'segments', encoding: 0x481c, values: dataRights },
  ldtrSelector: { group: 'segments', encoding: 0x080c, values: [0x00, 0x28] },
  ldtrBase: { group: 'segments', encoding: 0x6812, values: [0, 0x5000] },
  ldtrLimit: { group: 'segments', encoding: 0x480c, values: [0xffff, 0x000f_ffff] },
  ldtrAccessRights: { group: 'segments', encoding: 0x4820, values: [0x1_0000, 0x0082] },
  gdtrBase: { group: 'tables', encoding: 0x6816, values: [0x7000, 0x7800] },
  gdtrLimit: { group: 'tables', encoding: 0x4810, values: [0x7f, 0xff] },
  idtrBase: { group: 'tables', encoding: 0x6818, values: [0x6000, 0x6800] },
  idtrLimit: { group: 'tables', encoding: 0x4812, values: [0xfff, 0xffff] },
  sysenterCs: { group: 'msrs', encoding: 0x482a, values: [0x00, 0x08, 0x10, 0x18] },
  sysenterEsp: { group: 'msrs', encoding: 0x6824, values: [0x0000, 0x7100, 0x7200, 0x7300] },
  pat: {
    group: 'msrs',
    encoding: 0x2804,
    values: [0x0007_0406, 0x0007_0106, 0x0001_0406, 0x0007_0400],
    high: 0x0007_0406,
  },
  efer: { group: 'msrs', encoding: 0x2806, values: [0x500, 0x501, 0xd00, 0x000] },
  pdpte0: { group: 'pdptes', encoding: 0x280a, values: [0x3001, 0x0, 0x4001, 0x3003] },
  pdpte1: { group: 'pdptes', encoding: 0x280c, values: [0x4001, 0x0, 0x3001, 0x4003] },
  interruptStatus: { group: 'interruptStatus', encoding: 0x0810, values: [0x0000, 0x0031, 0x3100, 0x3141] },
  interruptibility: { group: 'nonRegister', encoding: 0x4824, values: [0, 1, 2, 8] },
  linkPointer: { group: 'nonRegister', encoding: 0x2800, values: [0xffff_ffff, 0x1], high: 'ones' },
} as const satisfies Readonly<Record<string, VmcsFieldSpec>>;

/** Guest-state fields that a small implementation may lack, or whose values it may not be able to run. */
const guestOptional = {
  activity: { group: 'nonRegister', encoding: 0x4826, values: [0, 1, 2, 3] },
  debugctl: { group: 'debugctl', encoding: 0x2802, values: [0, 1, 2, 3] },
  bndcfgs: { group: 'bndcfgs', encoding: 0x2812, values: [0, 1, 2, 3] },
  perfGlobal: { group: 'perfGlobal', encoding: 0x2808, values: [0, 1, 2, 3] },
  pendingDebug: { group: 'pendingDebug', encoding: 0x6822, values: [0, 0x4000, 0x1001] },
  timerValue: { group: 'timer', encoding: 0x482e, values: [4, 0, 1, 2] },
  pmlIndex: { group: 'pml', encoding: 0x0812, values: [511, 0, 0xffff, 1] },
} as const satisfies Readonly<Record<string, VmcsFieldSpec>>;

/** Control fields that are written whole. */
const control = {
  cr0Mask: { group: 'masks', encoding: 0x6000, values: [0, 0x8, 0x1_0008, 0x1_000e] },
  cr0Shadow: { group: 'masks', encoding: 0x6004, values: [0x8001_0033, 0x8001_003b, 0x8000_0033, 0x8000_003d] },
  cr4Mask: { group: 'masks', encoding: 0x6002, values: [0, 0x80, 0x2000, 0x2280] },
  cr4Shadow: { group: 'masks', encoding: 0x6006, values: [0x2220, 0x22a0, 0x0220, 0x02a0] },
  cr3TargetCount: { group: 'masks', encoding: 0x400a, values: [0, 1] },
  cr3Target0: { group: 'masks', encoding: 0x6008, values: [0x2000, 0x3000] },
  pageFaultMask: { group: 'otherControls', encoding: 0x4006, values: [0, 1, 3] },
  pageFaultMatch: { group: 'otherControls', encoding: 0x4008, values: [0, 1, 3] },
  tscOffset: { group: 'otherControls', encoding: 0x2010, values: [0, 0x1000] },
  tprThreshold: { group: 'otherControls', encoding: 0x401c, values: [0, 1] },
  /** Bits 63:32 of EOI-exit bitmap 0: bit 17 is vector 0x31. The lower half is 0. */
  eoiExitBitmap: { group: 'otherControls', encoding: 0x201d, values: [0, 0x0002_0000] },
  eptp: { group: 'otherControls', encoding: 0x201a, values: [0x701e, 0x801e] },
  vpid: { group: 'otherControls', encoding: 0x0000, values: [0, 7] },
  exitMsrStoreCount: { group: 'otherControls', encoding: 0x400e, values: [0, 1, 2] },
  exitMsrLoadCount: { group: 'otherControls', encoding: 0x4010, values: [0, 1] },
  entryMsrLoadCount: { group: 'otherControls', encoding: 0x4014, values: [0, 1, 2] },
  entryErrorCode: { group: 'entryEvent', encoding: 0x4018, values: [0, 2] },
  entryLength: { group: 'entryEvent', encoding: 0x401a, values: [0, 1, 2, 15] },
} as const satisfies Readonly<Record<string, VmcsFieldSpec>>;

/** Control fields that events write bit by bit, or as one event to inject; VMREAD alone names them. */
const controlWords = {
  entryInterruption: { group: 'entryEvent', encoding: 0x4016, values: [0] },
  pinControls: { group: 'controls', encoding: 0x4000, values: [], reset: 0x9 },
  processorControls: { group: 'controls', encoding: 0x4002, values: [], reset: 0x1000_0000 },
  secondaryControls: { group: 'controls', encoding: 0x401e, values: [], reset: 0x2 },
  exitControls: { group: 'controls', encoding: 0x400c, values: [], reset: 0 },
  entryControls: { group: 'controls', encoding: 0x4012, values: [], reset: 0x200 },
  exceptionBitmap: { group: 'controls', encoding: 0x4004, values: [], reset: 0 },
  functionControls: { group: 'controls', encoding: 0x2018, values: [], reset: 0 },
} as const satisfies Readonly<Record<string, VmcsFieldSpec>>;

/** Host-state area. */
const host = {
  hostCr0: { group: 'host', encoding: 0x6c00, values: [0x8001_0033, 0x8000_0033] },
  hostCr3: { group: 'host', encoding: 0x6c02, values: [0x10_0000, 0x10_1000] },
  hostCr4: { group: 'host', encoding: 0x6c04, values: [0x2220, 0x22a0, 0x0220] },
  hostRsp: { group: 'host', encoding: 0x6c14, values: [0x10_8000, 0x10_9000] },
  hostRip: { group: 'host', encoding: 0x6c16, values: [0x11_0000, 0x11_1000] },
  hostCsSelector: { group: 'host', encoding: 0x0c02, values: [0x08, 0x18, 0x00] },
  hostFsBase: { group: 'host', encoding: 0x6c06, values: [0x10_2000, 0x10_3000] },
  hostGdtrBase: { group: 'host', encoding: 0x6c0c, values: [0x10_4000, 0x10_5000] },
  hostSysenterCs: { group: 'host', encoding: 0x4c00, values: [0x28, 0x30] },
  hostPat: { group: 'host', encoding: 0x2c00, values: [0x0007_0406, 0x0007_0105], high: 0x0007_0406 },
  hostEfer: { group: 'host', encoding: 0x2c02, values: [0x500, 0xd00, 0x000] },
} as const satisfies Readonly<Record<string, VmcsFieldSpec>>;

/** Exit-information area: X1 to X10 of the brief name, and the VM-instruction error (X12). */
const exitInformation = {
  exitReason: { group: 'exitInformation', encoding: 0x4402, values: pattern },
  exitQualification: { group: 'exitInformation', encoding: 0x6400, values: pattern },
  guestLinearAddress: { group: 'exitInformation', encoding: 0x640a, values: pattern },
  guestPhysicalAddress: { group: 'exitInformation', encoding: 0x2400, values: pattern },
  exitInterruption: { group: 'exitInformation', encoding: 0x4404, values: pattern },
  exitInterruptionErrorCode: { group: 'exitInformation', encoding: 0x4406, values: pattern },
  idtVectoring: { group: 'exitInformation', encoding: 0x4408, values: pattern },
  idtVectoringErrorCode: { group: 'exitInformation', encoding: 0x440a, values: pattern },
  exitInstructionLength: { group: 'exitInformation', encoding: 0x440c, values: pattern },
  exitInstructionInformation: { group: 'exitInformation', encoding: 0x440e, values: pattern },
  instructionError: { group: 'instructionError', encoding: 0x4400, values: pattern },
} as const satisfies Readonly<Record<string, VmcsFieldSpec>>;

/** The fields by what writes them. */
export const fieldsByClass = { guest, guestOptional, control, controlWords, host, exitInformation } as const;

/** Every field of the model's VMCS, in the order in which the observation shows them. */
export const fields = { ...guest, ...guestOptional, ...control, ...controlWords, ...host, ...exitInformation } as const;

/** Name of a field. */
export type VmcsFieldName = keyof typeof fields;

/** The names of the fields, in order: the place here is the number of a field in {@link fields}. */
export const fieldNames = Object.keys(fields) as readonly VmcsFieldName[];

/** The field's specification, with what only some have. */
export const fieldSpec = (name: VmcsFieldName): VmcsFieldSpec => fields[name];

/** The fields of one group, in order. */
export const fieldsOf = (group: FieldGroup): readonly VmcsFieldName[] =>
  fieldNames.filter((name) => fields[name].group === group);
