/**
 * Where things are in the machine of `vmcs12`: low memory, which nothing else uses. L2's tables, stack and operands have
 * the addresses that the specification gives them, with EPT and without.
 */
export const vmcs12Layout = {
  /** One PML4 for each value of CR3, from `cr3` on. */
  cr3: 0x1000,
  cr3Count: 4,
  data: 0x5000,
  idt: 0x6000,
  gdt: 0x7000,
  /** Host-state addresses of the specification are here, {@link vmcs12Layout.hostShift} lower. */
  host: 0x2_0000,
  hostShift: 0xe_0000,
  /** Behind the mapped memory: a page that is not there, a page that is read-only. */
  absent: 0x200_0000,
  readOnly: 0x220_0000,
  /** MSR bitmap in place of no MSR bitmap, where L2 has to write to its ICR. */
  msrBitmap: 0x3_3000,
  /** A page that the EPT does not map, and one that it has misconfigured. */
  denied: 0x3_4000,
  misconfigured: 0x3_5000,
  /** What L1 found in its registers when it arrived: one word of 64 bits each. */
  arrived: 0x3_6000,
  /** What L2 reads and writes: where its handlers go on, their records, operands of LGDT and LIDT. */
  scratch: 0x3_7000,
  /** EPT pointers of the specification are `eptShift` lower. */
  ept: 0x3_a000,
  eptShift: 0x3_3000,
  eptPdpt: 0x3_c000,
  eptDirectory: 0x3_d000,
  eptTable: 0x3_e000,
  /** L2's code, its first byte a CLI that is jumped over where it is not needed. */
  code: 0x4_0000,
  codeBytes: 0x8000,
  /** L2's handlers, 16 bytes apart. */
  handlers: 0x4_8000,
} as const;

/** Offsets in {@link vmcs12Layout.scratch}. */
export const vmcs12Scratch = {
  /** Address where the next handler goes on. */
  next: 0,
  /** Address of the next record. */
  recordPointer: 8,
  /** Address of what a handler does at last: EOI or nothing. */
  ending: 16,
  /** In place of `next` where an event is injected. */
  nextInjected: 24,
  /** Address of a NOP that becomes a CLI where a stay begins behind blocking, with IF = 0; 0: there is none. */
  interruptPlace: 32,
  /** Operands of LGDT and LIDT, 16 bytes each: two GDTs, two IDTs. */
  tables: 0x40,
  /** Where `dirty` writes. */
  sink: 0x80,
  records: 0x400,
  recordCapacity: 40,
} as const;

/** What the operation `vmcs12` does. */
export const vmcs12Actions = {
  /** Memory and registers as at reset; VMCS 0 is current. */
  begin: 0,
  /** VMCS 1 becomes the same as VMCS 0. */
  double: 7,
  clear: 1,
  load: 2,
  setPat: 3,
  setDr7: 4,
  /** 0 none, 1 no rights in the EPT, 2 misconfigured there, 3 gates without a type, 4 the stack is on the APIC-access page. */
  obstruct: 5,
  /** Bits of {@link vmcs12Entry}. */
  enter: 6,
} as const;

/** How `enter` goes about it. */
export const vmcs12Entry = {
  wrong: 1,
  movSs: 2,
  /** An interrupt is to come: Bochs needs a CLI in front where IF = 0. */
  interrupt: 4,
  /** Something comes from outside; that is the first event. */
  outside: 8,
  outsideFirst: 16,
} as const;

/** Registers in {@link vmcs12Layout.arrived}, in the order of the section `l1`. */
export const arrivedRegisters = [
  'rip',
  'rsp',
  'rflags',
  'cr0',
  'cr3',
  'cr4',
  'dr7',
  'csSelector',
  'fsBase',
  'gdtrBase',
  'gdtrLimit',
  'sysenterCs',
  'pat',
  'efer',
] as const;
