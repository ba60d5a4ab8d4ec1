import { AdapterError } from '../../../spec/contract.ts';
import type { Vmcs12Event } from '../../../spec/vmcs12/alphabet.ts';
import { fieldNames, fields, fieldSpec, fieldsByClass } from '../../../spec/vmcs12/fields.ts';
import {
  controlBits,
  injections,
  msrLists,
  msrs,
  operands,
  optionalControlBits,
  tables,
} from '../../../spec/vmcs12/universe.ts';
import { pageAddress } from '../guest-layout.ts';
import { controlBits as machineBits } from '../initial-controls.ts';
import type { MachineSequence, Operation } from '../operation.ts';
import { source } from '../source.ts';
import { arrivedRegisters, vmcs12Entry, vmcs12Layout, vmcs12Scratch, type vmcs12Actions } from './layout.ts';
import { fieldPlace, machineValue, watched } from './places.ts';
import { stayOf, type Stay } from './stay.ts';

/** What to expect in the answers for an event, or for a whole stay. */
export type Part =
  | { readonly kind: 'level1'; readonly event: Vmcs12Event }
  | { readonly kind: 'stay'; readonly stay: Stay; readonly events: readonly Vmcs12Event[] };

/** A sequence as the hypervisor plays it, and how its answers are read. */
export interface Program {
  readonly sequence: MachineSequence;
  readonly parts: readonly Part[];
}

const act = (action: keyof typeof vmcs12Actions, argument: number | bigint = 0): Operation => ({
  kind: 'vmcs12',
  action,
  argument,
});
const write = (name: keyof typeof fields, value: number): Operation => ({
  kind: 'set',
  source: fieldPlace(name),
  value: machineValue(name, value),
});
const words = (address: number, values: readonly (number | bigint)[]): Operation => ({
  kind: 'copy',
  address,
  bytes: new Uint8Array(BigUint64Array.from(values.map(BigInt)).buffer),
});

const patHigh = BigInt(fieldSpec('pat').high ?? 0) << 32n;
const fsBaseMsr = 0xc000_0100;
const virtualTpr = 0xf0;

/** Registers of L1 at reset. */
const registersAtReset: Readonly<Record<(typeof arrivedRegisters)[number], number>> = {
  rip: 0,
  rsp: 0,
  rflags: 2,
  cr0: fields.hostCr0.values[0],
  cr3: fields.hostCr3.values[0] - vmcs12Layout.hostShift,
  cr4: fields.hostCr4.values[0],
  dr7: operands.dr7[0],
  csSelector: fields.hostCsSelector.values[0],
  fsBase: fields.hostFsBase.values[0] - vmcs12Layout.hostShift,
  gdtrBase: fields.hostGdtrBase.values[0] - vmcs12Layout.hostShift,
  gdtrLimit: 0xffff,
  sysenterCs: fields.hostSysenterCs.values[0],
  pat: fields.hostPat.values[0],
  efer: fields.hostEfer.values[0],
};

const controlWords: ReadonlySet<string> = new Set(Object.keys(fieldsByClass.controlWords));
const msrAreas = (offset: number): number => pageAddress('msrAreas', offset);

/** The initial state of the system, in what differs from that of the hypervisor. */
const start: readonly Operation[] = [
  act('begin'),
  ...fieldNames
    .filter((name) => !controlWords.has(name))
    .map((name) => {
      const { values, reset } = fieldSpec(name);
      return write(name, reset ?? values[0]);
    }),
  act('double'),
  words(
    vmcs12Layout.arrived,
    arrivedRegisters.map((name) => registersAtReset[name]),
  ),
  words(msrAreas(0), [msrs.sysenterCs.index, 0, msrs.pat.index, 0]),
  words(msrAreas(0x400), [msrs.pat.index, patHigh + BigInt(msrLists.exitLoad[0].value)]),
  words(msrAreas(0x800), [msrs.sysenterEsp.index, msrLists.entryLoad[0].value, fsBaseMsr, 0]),
  { kind: 'set', source: source.memory32(pageAddress('virtualApic', 0x80)), value: virtualTpr },
  ...[...tables.gdt, ...tables.idt].map(({ base, limit }, i) =>
    words(vmcs12Layout.scratch + vmcs12Scratch.tables + 16 * i, [BigInt(limit) + (BigInt(base) << 16n), 0]),
  ),
  { kind: 'set', source: source.general('rbp'), value: 0x10 },
  { kind: 'set', source: source.general('rdi'), value: 0x20 },
  { kind: 'snapshot' },
];

const obstacles = { ept: 1, misconfiguration: 2, gp: 3, apicAccess: 4 } as const;

/** Bits that stand for two, see docs/vmcs12-events.md. */
const companions: Readonly<Record<string, number>> = {
  ept: machineBits.secondary.unrestrictedGuest,
  virtualInterruptDelivery: machineBits.secondary.virtualizeX2apicMode,
};

function control(name: string, on: boolean): Operation {
  const { field, bit } = { ...controlBits, ...optionalControlBits }[name as keyof typeof controlBits];
  const bits = ((1 << bit) | (companions[name] ?? 0)) >>> 0;
  return { kind: 'change', source: fieldPlace(field), clear: bits, set: on ? bits : 0 };
}

function msrBitmap(index: number, on: boolean): readonly Operation[] {
  const base = index < 0x2000 ? 0 : 0x400;
  const byte = base + ((index & 0x1fff) >>> 3);
  const bit = 1 << (index & 7);
  return [byte, byte + 0x800].map((offset) => ({
    kind: 'change',
    source: source.memory8(pageAddress('msrBitmap', offset)),
    clear: bit,
    set: on ? bit : 0,
  }));
}

function level1(event: Vmcs12Event): readonly Operation[] {
  switch (event.kind) {
    case 'vmread':
      return [{ kind: 'get', source: fieldPlace(event.field) }];
    case 'vmwrite':
    case 'vmwriteControl':
    case 'vmwriteHost':
    case 'vmwriteExit':
      return [write(event.field, fieldSpec(event.field).values[event.value])];
    case 'control':
      return [control(event.bit, event.on)];
    case 'msrBitmap':
      return msrBitmap(msrs[event.msr].index, event.on);
    case 'inject': {
      const injection: { information: number; errorCode?: number; length?: number } = injections[event.event];
      return [
        write('entryInterruption', injection.information),
        ...(injection.errorCode === undefined ? [] : [write('entryErrorCode', injection.errorCode)]),
        ...(injection.length === undefined ? [] : [write('entryLength', injection.length)]),
      ];
    }
    case 'obstruct':
      return [act('obstruct', obstacles[event.by])];
    case 'vmclear':
      return [act('clear', event.slot)];
    case 'vmptrld':
      return [act('load', event.slot)];
    case 'set':
      return event.register === 'pat'
        ? [act('setPat', patHigh + BigInt(msrs.pat.values[event.value]))]
        : [act('setDr7', operands.dr7[event.value])];
    default:
      throw new AdapterError('E_ADAPTER_THREW', `L1 in Bochs cannot do ${event.kind}`);
  }
}

const ways = { right: 0, wrong: vmcs12Entry.wrong, movSs: vmcs12Entry.movSs } as const;
const ofLevel1: ReadonlySet<string> = new Set([
  'vmread',
  'vmwrite',
  'vmwriteControl',
  'vmwriteHost',
  'vmwriteExit',
  'control',
  'msrBitmap',
  'inject',
  'obstruct',
  'vmclear',
  'vmptrld',
  'enter',
  'set',
]);

/** Compiles a sequence. A stay in L2 lasts from an entry to the next event of L1. */
export function compile(events: readonly Vmcs12Event[]): Program {
  const operations: Operation[] = [...start];
  const parts: Part[] = [];
  for (let i = 0; i < events.length; i++) {
    const event = events[i];
    if (event.kind !== 'enter') {
      operations.push(...level1(event), { kind: 'snapshot' });
      parts.push({ kind: 'level1', event });
      continue;
    }
    const rest = events.slice(i + 1);
    const behind = rest.findIndex(({ kind }) => ofLevel1.has(kind));
    const own = behind < 0 ? rest : rest.slice(0, behind);
    const stay = stayOf(own);
    operations.push(...stay.operations, act('enter', ways[event.by] | stay.flags), { kind: 'snapshot' });
    parts.push({ kind: 'stay', stay, events: own });
    i += own.length;
  }
  return { sequence: { watch: watched, operations }, parts };
}
