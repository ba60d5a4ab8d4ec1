import { AdapterError } from '../../../spec/contract.ts';
import type { NestedVmxEvent } from '../../../spec/nested-vmx/alphabet.ts';
import type { NestedVmxConfiguration } from '../../../spec/nested-vmx/configuration.ts';
import { defaultFuel } from '../guest-layout.ts';
import { machineEdit } from '../machine-edit.ts';
import type { MachineSequence, Operation } from '../operation.ts';
import { presetControls } from './control-places.ts';
import { level1Instruction } from './level1-instruction.ts';
import { unmappedPage } from './level2-slots.ts';
import { playsInLevel2, stayOf, type Stay } from './stay.ts';
import { watched } from './watched.ts';

/** What to expect in the answers for an event, or for a whole stay. */
export type Part =
  /** An instruction of L1, or what comes from outside while L1 runs. */
  | { readonly kind: 'level1'; readonly event: NestedVmxEvent }
  | { readonly kind: 'stay'; readonly stay: Stay }
  /** What comes from outside at the end: to L2 if that still runs, and then it is in the stay, too. */
  | { readonly kind: 'last'; readonly events: readonly NestedVmxEvent[] };

/** A sequence as the hypervisor plays it, and how its answers are read. */
export interface Program {
  readonly sequence: MachineSequence;
  readonly parts: readonly Part[];
}

const isOf = (event: NestedVmxEvent, level: 'l1' | 'l2'): boolean => event.kind.startsWith(level);

const arrival = (event: NestedVmxEvent): Operation => {
  if (event.kind === 'interrupt') return machineEdit.selfIpi(event.vector);
  if (event.kind === 'nmi') return { kind: 'level1', does: 'nmi' };
  throw new AdapterError('E_ADAPTER_THREW', `Bochs cannot send ${event.kind}`);
};

const peek: Operation = { kind: 'peek', places: watched.apicPlaces };

/** The initial state of the system, in what differs from that of the hypervisor. */
const start = ({ preset }: NestedVmxConfiguration): readonly Operation[] => [
  { kind: 'drive' },
  ...presetControls(preset),
  ...machineEdit.fields({ guestRflags: 0x202, preemptionTimerValue: defaultFuel }),
  ...machineEdit.eptRights(unmappedPage, 0),
];

/**
 * Compiles a sequence. Only what its events say is known: a stay lasts from an entry to the next instruction of L1. The
 * exit belongs to the last event of L2 among them (or to the entry), so that what comes from outside behind it reaches
 * L1; at the end of the sequence that is open.
 */
export function compile(config: NestedVmxConfiguration, events: readonly NestedVmxEvent[]): Program {
  const operations: Operation[] = [...start(config)];
  const parts: Part[] = [];
  const boundary = (instruction: readonly Operation[]): Operation => ({
    kind: 'boundary',
    stiBlocksNmi: config.stiBlocksNmi,
    instruction,
  });
  for (let i = 0; i < events.length; i++) {
    const event = events[i];
    if (event.kind === 'l1Enter') {
      const rest = events.slice(i + 1);
      const behind = rest.findIndex((other) => isOf(other, 'l1'));
      const last = behind < 0 ? rest : rest.slice(0, behind);
      const own = last.findLastIndex((other) => isOf(other, 'l2')) + 1;
      const open = behind < 0 && last.slice(own).every(playsInLevel2);
      const stay = stayOf(open ? last : last.slice(0, own));
      operations.push(boundary(stay.operations), peek);
      parts.push({ kind: 'stay', stay });
      if (open && own < last.length) {
        const arrivals = last.slice(own);
        operations.push({ kind: 'outside', operations: arrivals.flatMap((one) => [arrival(one), peek]) });
        parts.push({ kind: 'last', events: arrivals });
        break;
      }
      i += own;
    } else {
      const instruction = level1Instruction(event);
      operations.push(instruction === undefined ? arrival(event) : boundary(instruction), peek);
      parts.push({ kind: 'level1', event });
    }
  }
  return { sequence: { watch: watched.places, operations }, parts };
}
