import type { NestedVmxEvent } from '../../../spec/nested-vmx/alphabet.ts';
import { driverPage, pageAddress } from '../guest-layout.ts';
import { level2Code } from '../level2-code.ts';
import { apicOffsets } from '../source.ts';

const word = (value: number): readonly number[] => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);
const x2apic = (offset: number): number => 0x800 + (offset >>> 4);

/** ICR: fixed, shorthand self. The SELF IPI register is virtualized with "virtual-interrupt delivery". */
const interruptToSelf = 0x4_0000;
/** ICR: NMI to APIC id 0. */
const nmiToSelf = 0x400;

/** The page that L1's EPT does not map in this system. */
export const unmappedPage = 'dataA';

const returnCode = pageAddress('driver', driverPage.iret);
const nmiLatched = pageAddress('driver', driverPage.nmiLatched);

const writeMsr = (offset: number, value: number): readonly number[] => level2Code.wrmsr(x2apic(offset), value);

type Kind = NestedVmxEvent['kind'];
type Code<K extends Kind> = (event: Extract<NestedVmxEvent, { kind: K }>, address: number) => readonly number[];

const slots: { readonly [K in Kind]?: Code<K> } = {
  l2Nop: () => level2Code.nop,
  l2Sti: () => level2Code.sti,
  l2Cli: () => level2Code.cli,
  // mov ss, r8d
  l2MovSs: () => [0x41, 0x8e, 0xd0],
  l2Hlt: () => level2Code.hlt,
  // Never executed: L2 is halted behind the instruction before, and has the address of this one.
  l2Wait: () => level2Code.nop,
  // mov edx, the next slot; jmp [the code that returns]
  l2Iret: (_, address) => [0xba, ...word(address + 12), 0xff, 0x24, 0x25, ...word(returnCode)],
  l2Vmcall: () => level2Code.vmcall,
  l2InvalidOpcode: () => level2Code.ud2,
  // test [page], eax
  l2Read: () => [0x85, 0x04, 0x25, ...word(pageAddress(unmappedPage))],
  l2Eoi: () => writeMsr(apicOffsets.eoi, 0),
  l2Tpr: ({ priority }) => writeMsr(apicOffsets.tpr, priority),
  interrupt: ({ vector }) => writeMsr(apicOffsets.icr, interruptToSelf | vector),
  // mov byte [nmiLatched], 1
  nmi: () => [0xc6, 0x04, 0x25, ...word(nmiLatched), 1, ...writeMsr(apicOffsets.icr, nmiToSelf)],
};

/**
 * The code of an event in a stay; `address` is where it begins. Events that can come in blocking, or under "monitor trap
 * flag", are one instruction; of the others the last instruction is the one that counts. R8 holds the selector of SS.
 */
export const level2Slot = (event: NestedVmxEvent, address: number): readonly number[] | undefined =>
  (slots[event.kind] as Code<Kind> | undefined)?.(event as never, address);
