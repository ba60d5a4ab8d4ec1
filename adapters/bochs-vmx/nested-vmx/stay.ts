import { AdapterError } from '../../../spec/contract.ts';
import type { NestedVmxEvent } from '../../../spec/nested-vmx/alphabet.ts';
import { driverPage, pageAddress } from '../guest-layout.ts';
import { level2Code } from '../level2-code.ts';
import type { Operation } from '../operation.ts';
import { level2Slot } from './level2-slots.ts';

/** One stay in L2: the events between a VM entry and the next instruction of L1, and where the code of each begins. */
export interface Stay {
  readonly events: readonly NestedVmxEvent[];
  /** Offsets in the page `code`; the last one is that of the VMCALL that ends the stay. */
  readonly starts: readonly number[];
  /** Lays the code out and enters L2. */
  readonly operations: readonly Operation[];
}

/** Whether L2 can do it, or can send it to itself. */
export const playsInLevel2 = (event: NestedVmxEvent): boolean => level2Slot(event, 0) !== undefined;

/** The code of a stay. In front of the first slot is a CLI, which the driver enters at where Bochs needs it. */
export function stayOf(events: readonly NestedVmxEvent[]): Stay {
  const code: number[] = [...level2Code.cli];
  const slots: number[] = code.map(() => 0);
  const starts: number[] = [];
  const add = (bytes: readonly number[]): void => {
    slots.push(...bytes.map(() => starts.length));
    starts.push(code.length);
    code.push(...bytes);
  };
  for (const event of events) {
    const bytes = level2Slot(event, pageAddress('code', code.length));
    if (bytes === undefined) throw new AdapterError('E_ADAPTER_THREW', `Bochs cannot send ${event.kind} while L2 runs`);
    add(bytes);
  }
  add(level2Code.vmcall);
  if (starts.length > 250 || code.length > driverPage.codeBytes)
    throw new AdapterError('E_ADAPTER_THREW', `${events.length} events of L2 without an exit do not fit`);
  const copy = (address: number, bytes: Iterable<number>): Operation => ({
    kind: 'copy',
    address,
    bytes: Uint8Array.from(bytes),
  });
  return {
    events,
    starts,
    operations: [
      copy(pageAddress('code'), code),
      copy(pageAddress('driver', driverPage.slots), slots),
      copy(pageAddress('driver', driverPage.starts), new Uint8Array(Uint16Array.from(starts).buffer)),
      { kind: 'stay', slots: events.length },
    ],
  };
}
