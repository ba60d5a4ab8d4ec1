import { AdapterError } from '../../../spec/contract.ts';
import type { Vmcs12Event } from '../../../spec/vmcs12/alphabet.ts';
import type { Operation } from '../operation.ts';
import { source } from '../source.ts';
import { vmcs12Entry, vmcs12Layout, vmcs12Scratch } from './layout.ts';
import { slotOf, type Setup, type Slot } from './slots.ts';

/** A slot with its addresses. */
export interface PlacedSlot extends Slot {
  readonly event: Vmcs12Event;
  /** Where L2 comes from a handler, or from the slot before. */
  start: number;
  /** The event's instruction. */
  instruction: number;
}

/** One stay in L2: the code for the events between a VM entry and the next event of L1. */
export interface Stay {
  readonly slots: readonly PlacedSlot[];
  /** The slot of each byte of the code, from {@link vmcs12Layout.code} on. */
  readonly owners: readonly number[];
  /** The VMCALL that ends it. */
  readonly end: number;
  /** Lays the code out. */
  readonly operations: readonly Operation[];
  /** Bits of {@link vmcs12Entry}. */
  readonly flags: number;
}

const word = (value: number): readonly number[] => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);
const next = vmcs12Layout.scratch + vmcs12Scratch.next;
const nextInjected = vmcs12Layout.scratch + vmcs12Scratch.nextInjected;
const interruptPlace = vmcs12Layout.scratch + vmcs12Scratch.interruptPlace;
const vmcall = [0x0f, 0x01, 0xc1] as const;
const cli = 0xfa;
const nop = 0x90;
const jump = 0xe9;

/** MOV of constants: no flag changes. */
function setupCode({ eax, ecx, edx, esi, stores = [] }: Setup): readonly number[] {
  const move = (opcode: number, value: number | undefined): readonly number[] =>
    value === undefined ? [] : [opcode, ...word(value)];
  return [
    ...stores.flatMap(([address, value]) => [0x26, 0xc7, 0x04, 0x25, ...word(address), ...word(value)]),
    ...move(0xb8, eax),
    ...move(0xb9, ecx),
    ...move(0xba, edx),
    ...move(0xbe, esi),
  ];
}

const withNext = (setup: Setup, address: number): Setup => ({
  ...setup,
  stores: [...(setup.stores ?? []), [next, address]],
});

/** What the first slot finds, before L2 is entered. */
const setupOperations = ({ eax, ecx, edx, esi, stores = [] }: Setup): readonly Operation[] => [
  ...Object.entries({ rax: eax, rcx: ecx, rdx: edx, rsi: esi }).flatMap(([name, value]) =>
    value === undefined
      ? []
      : [{ kind: 'set', source: source.general(name as 'rax' | 'rcx' | 'rdx' | 'rsi'), value } as const],
  ),
  ...stores.map(([address, value]) => ({ kind: 'set', source: source.memory32(address), value }) as const),
];

const isOutside = ({ kind }: Vmcs12Event): boolean => kind === 'interrupt' || kind === 'nmi';

/** Compiles a stay. */
export function stayOf(events: readonly Vmcs12Event[]): Stay {
  const slots = events.map((event): PlacedSlot => {
    const slot = slotOf(event);
    if (slot === undefined) throw new AdapterError('E_ADAPTER_THREW', `L2 in Bochs cannot do ${event.kind}`);
    return { ...slot, event, start: 0, instruction: 0 };
  });
  let code: number[] = [];
  let owners: number[] = [];
  let end = 0;
  let place = 0;
  // Behind blocking no CLI can stand in front of everything: it stands in front of the first interrupt.
  const first = events.findIndex(({ kind }) => kind === 'interrupt' || kind === 'sti' || kind === 'cli');
  const waits = events[first]?.kind === 'interrupt' ? first : -1;
  // The addresses of the first pass are the values of the second: both have the same lengths.
  for (let pass = 0; pass < 2; pass++) {
    code = [cli];
    owners = [0];
    const add = (slot: number, bytes: readonly number[]): void => {
      code.push(...bytes);
      owners.push(...bytes.map(() => slot));
    };
    const here = (): number => vmcs12Layout.code + code.length;
    const setupAt = (i: number): readonly number[] => setupCode(withNext(slots[i].setup, slots[i + 1]?.start ?? end));
    const apart: number[] = [];
    slots.forEach((slot, i) => {
      const inFront = i === 0 || slots[i - 1].blocks === true;
      if (inFront) apart.push(i);
      else {
        slot.start = here();
        add(i, setupAt(i));
        if (i === waits) {
          place = here();
          add(i, [nop]);
        }
      }
      if (slot.blocks === true && i + 1 < slots.length) add(i, setupAt(i + 1));
      slot.instruction = here();
      add(i, slot.code);
    });
    end = here();
    add(slots.length, vmcall);
    for (const i of apart) {
      slots[i].start = here();
      add(i, setupAt(i));
      const target =
        slots[i].blocks === true && i + 1 < slots.length
          ? slots[i].instruction - setupAt(i + 1).length
          : slots[i].instruction;
      add(i, [jump, ...word(target - (here() + 5))]);
    }
  }
  if (code.length > vmcs12Layout.codeBytes)
    throw new AdapterError('E_ADAPTER_THREW', `${events.length} events of L2 without an exit do not fit`);
  return {
    slots,
    owners,
    end,
    flags:
      (events.some(({ kind }) => kind === 'interrupt') ? vmcs12Entry.interrupt : 0) |
      (events.some(isOutside) ? vmcs12Entry.outside : 0) |
      (events.slice(0, 1).some(isOutside) ? vmcs12Entry.outsideFirst : 0),
    operations: [
      { kind: 'copy', address: vmcs12Layout.code, bytes: Uint8Array.from(code) },
      ...setupOperations(withNext(slots[0]?.setup ?? {}, slots[1]?.start ?? end)),
      { kind: 'set', source: source.memory32(nextInjected), value: slots[0]?.start ?? end },
      { kind: 'set', source: source.memory32(interruptPlace), value: place },
    ],
  };
}
