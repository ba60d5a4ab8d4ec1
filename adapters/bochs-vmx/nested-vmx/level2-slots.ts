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

const nmiLatched = pageAddress('driver', driverPage.nmiLatched);

/**
 * The code of an event in a stay; `address` is where it begins. Events that can come in blocking, or under "monitor trap
 * flag", are one instruction; of the others the last instruction is the one that counts. R8 holds the selector of SS.
 */
export function level2Slot(event: NestedVmxEvent, address: number): readonly number[] | undefined {
  switch (event.kind) {
    case 'l2Nop':
      return level2Code.nop;
    case 'l2Sti':
      return level2Code.sti;
    case 'l2Cli':
      return level2Code.cli;
    case 'l2MovSs':
      return [0x41, 0x8e, 0xd0]; // mov ss, r8d
    case 'l2Hlt':
      return level2Code.hlt;
    case 'l2Wait':
      // Never executed: L2 is halted behind the instruction before, and has the address of this one.
      return level2Code.nop;
    case 'l2Iret': {
      const next = address + 12;
      // mov edx, next; jmp [the code that returns]
      return [0xba, ...word(next), 0xff, 0x24, 0x25, ...word(pageAddress('driver', driverPage.iret))];
    }
    case 'l2Vmcall':
      return level2Code.vmcall;
    case 'l2InvalidOpcode':
      return level2Code.ud2;
    case 'l2Read':
      return [0x85, 0x04, 0x25, ...word(pageAddress(unmappedPage))]; // test [page], eax
    case 'l2Eoi':
      return level2Code.wrmsr(x2apic(apicOffsets.eoi), 0);
    case 'l2Tpr':
      return level2Code.wrmsr(x2apic(apicOffsets.tpr), event.priority);
    case 'interrupt':
      return level2Code.wrmsr(x2apic(apicOffsets.icr), interruptToSelf | event.vector);
    case 'nmi':
      // mov byte [nmiLatched], 1
      return [0xc6, 0x04, 0x25, ...word(nmiLatched), 1, ...level2Code.wrmsr(x2apic(apicOffsets.icr), nmiToSelf)];
    default:
      return undefined;
  }
}
