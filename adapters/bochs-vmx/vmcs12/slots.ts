import type { Vmcs12Event } from '../../../spec/vmcs12/alphabet.ts';
import { fields } from '../../../spec/vmcs12/fields.ts';
import { lengths, msrs, places } from '../../../spec/vmcs12/universe.ts';
import { vmcs12Layout, vmcs12Scratch } from './layout.ts';
import { faultAddresses } from './places.ts';

/** Registers and words of memory that an instruction finds. */
export interface Setup {
  readonly eax?: number;
  readonly ecx?: number;
  readonly edx?: number;
  readonly esi?: number;
  readonly stores?: readonly (readonly [address: number, value: number])[];
}

/** What L2 does for an event. */
export interface Slot {
  readonly setup: Setup;
  readonly code: readonly number[];
  /** Length of the event's instruction in the specification; 0 for what comes from outside. */
  readonly length: number;
  /** The instruction blocks events on the boundary behind it: what the next one needs is set up in front of it. */
  readonly blocks?: true;
  /** Where RIP is when the event has been recognized, in `code`; absent: at its start. */
  readonly recognizedAt?: number;
  /** Information of the event that is delivered, if it is. */
  readonly delivers?: number;
}

const word = (value: number): readonly number[] => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);
/** ModR/M and SIB for an absolute address, in 64-bit mode and outside; ES is flat. */
const absolute = (reg: number, address: number): readonly number[] => [0x04 | (reg << 3), 0x25, ...word(address)];
const es = 0x26;
const nop = 0x90;
const table = (n: number): number => vmcs12Layout.scratch + vmcs12Scratch.tables + 16 * n;

const selfInterrupt = 0x4_0000;
const selfNmi = 0x400;
const icr = 0x830;
const highHalf = 0x0007_0406;

/** General registers that always have the selectors: EBX 0, EBP 0x10, EDI 0x20. */
const selectorRegisters = new Map([
  [0x00, 3],
  [0x10, 5],
  [0x20, 7],
]);
const segmentRegisters = { ss: 2, ds: 3, fs: 4 } as const;

const writeMsr = (index: number, value: number): Setup => ({ ecx: index, eax: value, edx: 0 });

type Kind = Vmcs12Event['kind'];

const slots: { readonly [K in Kind]?: (event: Extract<Vmcs12Event, { kind: K }>) => Slot } = {
  nop: () => ({ setup: {}, code: [nop], length: lengths.nop }),
  movCr0: ({ value }) => ({ setup: { eax: value }, code: [0x0f, 0x22, 0xc0], length: lengths.movCr }),
  movCr3: ({ value }) => ({ setup: { eax: value }, code: [0x0f, 0x22, 0xd8], length: lengths.movCr }),
  movCr4: ({ value }) => ({ setup: { eax: value }, code: [0x0f, 0x22, 0xe0], length: lengths.movCr }),
  clts: () => ({ setup: {}, code: [0x0f, 0x06], length: lengths.clts }),
  lmsw: ({ value }) => ({
    // Outside 64-bit mode the base of DS may be added.
    setup: {
      esi: places.data,
      stores: [
        [places.data, value],
        [2 * places.data, value],
      ],
    },
    // lmsw [rsi]
    code: [0x0f, 0x01, 0x36],
    length: lengths.lmsw,
  }),
  movDr7: ({ value }) => ({ setup: { eax: value }, code: [0x0f, 0x23, 0xf8], length: lengths.movDr }),
  wrmsr: ({ msr, value }) => ({
    setup: { ecx: msrs[msr].index, eax: msrs[msr].values[value], edx: msr === 'pat' ? highHalf : 0 },
    code: [0x0f, 0x30],
    length: lengths.wrmsr,
  }),
  rdmsr: ({ msr }) => ({ setup: { ecx: msrs[msr].index }, code: [0x0f, 0x32], length: lengths.rdmsr }),
  loadSegment: ({ segment, value }) => {
    if (segment === 'ldtr') {
      const selectors: readonly number[] = fields.ldtrSelector.values;
      const selector = selectors[value] ?? 0;
      return { setup: { eax: selector }, code: [0x0f, 0x00, 0xd0], length: lengths.lldt };
    }
    const selector = fields[`${segment}Selector`].values[value];
    const register = selectorRegisters.get(selector) ?? 3;
    return {
      setup: {},
      code: [0x8e, 0xc0 | (segmentRegisters[segment] << 3) | register],
      length: lengths.loadSegment,
      ...(segment === 'ss' && { blocks: true }),
    };
  },
  lgdt: ({ value }) => ({
    setup: {},
    code: [es, 0x0f, 0x01, ...absolute(2, table(value))],
    length: lengths.descriptorTable,
  }),
  lidt: ({ value }) => ({
    setup: {},
    code: [es, 0x0f, 0x01, ...absolute(3, table(2 + value))],
    length: lengths.descriptorTable,
  }),
  movRsp: ({ value }) => ({ setup: {}, code: [0xbc, ...word(fields.rsp.values[value])], length: lengths.movRsp }),
  sti: () => ({ setup: {}, code: [0xfb], length: lengths.sti, blocks: true }),
  cli: () => ({ setup: {}, code: [0xfa], length: lengths.cli }),
  dirty: () => ({
    setup: {},
    code: [es, 0x89, ...absolute(0, vmcs12Layout.scratch + vmcs12Scratch.sink)],
    length: lengths.access,
  }),
  vmcall: () => ({ setup: {}, code: [0x0f, 0x01, 0xc1], length: lengths.vmcall }),
  cpuid: () => ({ setup: {}, code: [0x0f, 0xa2], length: lengths.cpuid }),
  hlt: () => ({ setup: {}, code: [0xf4], length: lengths.hlt }),
  out: () => ({ setup: {}, code: [0xe6, places.port], length: lengths.out }),
  outs: () => ({ setup: { edx: places.port, esi: places.data }, code: [0x6e], length: lengths.outs }),
  int3: () => ({ setup: {}, code: [0xcc, nop], length: lengths.int3, delivers: 0x8000_0603 }),
  int1: () => ({ setup: {}, code: [0xf1, nop], length: lengths.int1, delivers: 0x8000_0501 }),
  intN: () => ({ setup: {}, code: [0xcd, 0x21, nop], length: lengths.intN, delivers: 0x8000_0421 }),
  fault: ({ exception }) => {
    switch (exception) {
      case 'ud':
        return { setup: {}, code: [0x0f, 0x0b], length: 0, delivers: 0x8000_0306 };
      // LTR of a null selector.
      case 'gp':
        return { setup: {}, code: [0x0f, 0x00, 0xdb], length: 0, delivers: 0x8000_0b0d };
      case 'pf':
        return { setup: {}, code: [es, 0x8b, ...absolute(0, faultAddresses.pf)], length: 0, delivers: 0x8000_0b0e };
      case 'pfWrite':
        return {
          setup: {},
          code: [es, 0x89, ...absolute(0, faultAddresses.pfWrite)],
          length: 0,
          delivers: 0x8000_0b0e,
        };
    }
  },
  access: ({ what }) => {
    const page = what === 'misconfigured' ? vmcs12Layout.misconfigured : vmcs12Layout.denied;
    return { setup: {}, code: [es, what === 'write' ? 0x89 : 0x8b, ...absolute(0, page)], length: lengths.access };
  },
  interrupt: ({ vector }) => ({
    setup: writeMsr(icr, selfInterrupt | vector),
    code: [0x0f, 0x30, nop],
    length: 0,
    recognizedAt: 2,
    delivers: 0x8000_0000 + vector,
  }),
  nmi: () => ({
    setup: writeMsr(icr, selfNmi),
    code: [0x0f, 0x30, nop],
    length: 0,
    recognizedAt: 2,
    delivers: 0x8000_0202,
  }),
};

/** What L2 does for an event; `undefined` for one of L1, or one that is not played. */
export const slotOf = (event: Vmcs12Event): Slot | undefined =>
  (slots[event.kind] as ((event: Vmcs12Event) => Slot) | undefined)?.(event);
