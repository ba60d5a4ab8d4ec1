import { arenaPages, handlerActions, handlerPage, pageAddress, type ArenaPage } from './guest-layout.ts';
import { level2Code } from './level2-code.ts';
import type { Operation } from './operation.ts';
import { apicOffsets, source } from './source.ts';
import type { VmcsField } from './vmcs-fields.ts';

const set = (place: ReturnType<typeof source.vmcs>, value: number | bigint): Operation => ({
  kind: 'set',
  source: place,
  value,
});

const fieldsOf = (values: Readonly<Partial<Record<VmcsField, number | bigint>>>): Operation[] =>
  (Object.entries(values) as [VmcsField, number | bigint][]).map(([field, value]) => set(source.vmcs(field), value));

/** A gate of L2's IDT: what differs from an interrupt gate to the recording handler. */
export interface Gate {
  readonly present?: boolean;
  readonly dpl?: number;
  /** Leaves RFLAGS.IF alone. */
  readonly trap?: boolean;
  readonly ist?: number;
}

/** Changes of the machine that sequences are made of, in the words of the manual. */
export const machineEdit = {
  /** L2's instructions, from the start of the code page; a VMCALL follows. */
  code: (...parts: readonly (readonly number[])[]): Operation => ({
    kind: 'copy',
    address: pageAddress('code'),
    bytes: Uint8Array.from([...parts.flat(), ...level2Code.vmcall]),
  }),
  /** VMWRITEs. */
  fields: fieldsOf,
  /** Injects an event: interruption information without the valid bit. */
  inject: (information: number, errorCode?: number, length?: number): Operation[] =>
    fieldsOf({
      entryInterruptionInfo: 0x8000_0000 + information,
      ...(errorCode === undefined ? {} : { entryErrorCode: errorCode }),
      ...(length === undefined ? {} : { entryInstructionLength: length }),
    }),
  /** Rights of a page in the EPT: bits 2:0 read, write, execute; write-back. */
  eptRights: (page: ArenaPage, rights: number): Operation[] => [
    set(
      source.memory64(pageAddress('eptTable', 8 * arenaPages.indexOf(page))),
      rights === 0 ? 0 : pageAddress(page) + 0x30 + rights,
    ),
    { kind: 'invept' },
  ],
  /** Low bits of a page's entry in L2's page table; 0 makes it not present, 0x67 is what it has. */
  pageBits: (page: ArenaPage, bits: number): Operation =>
    set(source.memory64(pageAddress('pageTable', 8 * arenaPages.indexOf(page))), pageAddress(page) + bits),
  /** The upper half of a gate's first eight bytes but for the offset: IST, type, DPL, present. */
  gate: (vector: number, { present = true, dpl = 0, trap = false, ist = 0 }: Gate): Operation[] => [
    set(source.memory8(pageAddress('idt', 16 * vector + 4)), ist),
    set(source.memory8(pageAddress('idt', 16 * vector + 5)), (present ? 0x80 : 0) | (dpl << 5) | (trap ? 0x0f : 0x0e)),
  ],
  /** What L2's handler of a vector does after it has recorded the event. */
  handler: (
    vector: number,
    {
      quiet = false,
      eoi = false,
      dr6 = false,
      skip = 0,
    }: { quiet?: boolean; eoi?: boolean; dr6?: boolean; skip?: number },
  ): Operation =>
    set(
      source.memory8(pageAddress('handlers', handlerPage.actions + vector)),
      (quiet ? handlerActions.quiet : 0) |
        (eoi ? handlerActions.eoi : 0) |
        (dr6 ? handlerActions.dr6 : 0) |
        (skip << handlerActions.skipShift),
    ),
  /** An interrupt that the local APIC accepts, as a device's would be. */
  selfIpi: (vector: number): Operation => set(source.apic(apicOffsets.selfIpi), vector),
  /** An NMI by the interrupt-command register, to APIC id 0. */
  nmi: (): Operation => set(source.apic(apicOffsets.icr), 0x400),
  tpr: (value: number): Operation => set(source.apic(apicOffsets.tpr), value),
  eoi: (): Operation => set(source.apic(apicOffsets.eoi), 0),
  /** The one-shot timer of the local APIC, in bus clocks, with a vector. */
  timer: (vector: number, clocks: number): Operation[] => [
    set(source.apic(apicOffsets.divide), 0xb),
    set(source.apic(apicOffsets.timer), vector),
    set(source.apic(apicOffsets.initialCount), clocks),
  ],
  enter: { kind: 'enter' },
  window: { kind: 'window' },
  iret: { kind: 'iret' },
} as const satisfies Record<string, Operation | ((...args: never[]) => Operation | Operation[])>;
