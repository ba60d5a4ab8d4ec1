import { registers, sourceKinds, type SourceKind } from './guest-layout.ts';
import { vmcsFields, type VmcsField } from './vmcs-fields.ts';

/** A place in the machine that a sequence can write, read or watch, as the byte-code has it. */
export type Source = number & { readonly source: true };

/** General registers in the order of the instruction encoding. L2's RSP is a VMCS field. */
const generalRegisters = {
  rax: 0,
  rcx: 1,
  rdx: 2,
  rbx: 3,
  rbp: 5,
  rsi: 6,
  rdi: 7,
  r8: 8,
  r9: 9,
  r10: 10,
  r11: 11,
  r12: 12,
  r13: 13,
  r14: 14,
  r15: 15,
} as const;

/** Identifiers reach 2^32, so no shifts. */
const make = (kind: SourceKind, identifier: number): Source => (identifier * 8 + sourceKinds[kind]) as Source;

/** Names every place. */
export const source = {
  /** A field of the current VMCS. */
  vmcs: (field: VmcsField): Source => make('vmcs', vmcsFields[field]),
  /** A field by its encoding. */
  vmcsEncoding: (encoding: number): Source => make('vmcs', encoding),
  /** An MSR of the processor as L1 sees it. */
  msr: (index: number): Source => make('msr', index),
  /** Physical memory, 8 bytes. */
  memory64: (address: number): Source => make('memory64', address),
  /** Physical memory, 4 bytes. */
  memory32: (address: number): Source => make('memory32', address),
  /** Physical memory, 1 byte. */
  memory8: (address: number): Source => make('memory8', address),
  /** A register of the processor itself: what L2 finds or leaves there, where no VMCS switches it. */
  register: (name: keyof typeof registers): Source => make('register', registers[name]),
  /** A port, 8 bits wide. */
  port: (port: number): Source => make('port', port),
  /** A general register of L2. */
  general: (name: keyof typeof generalRegisters): Source => make('general', generalRegisters[name]),
  /** A register of the local APIC by its xAPIC offset: x2APIC MSR 0x800 + offset / 16. */
  apic: (offset: number): Source => make('msr', 0x800 + (offset >>> 4)),
} as const;

/** Offsets of the local APIC's registers. */
export const apicOffsets = {
  tpr: 0x080,
  ppr: 0x0a0,
  eoi: 0x0b0,
  /** Eight registers of 32 bits each, 0x10 apart. */
  isr: 0x100,
  tmr: 0x180,
  irr: 0x200,
  esr: 0x280,
  icr: 0x300,
  timer: 0x320,
  initialCount: 0x380,
  divide: 0x3e0,
  selfIpi: 0x3f0,
} as const;
