import { alphabet, type NestedVmxEvent } from '../../../spec/nested-vmx/alphabet.ts';
import { profiles } from '../../../spec/nested-vmx/profiles.ts';
import { pack } from '../../../spec/packing.ts';
import { canBeSent, canDoSeveral, wouldAct } from './bare/hardware.ts';
import * as bareL1 from './bare/level1.ts';
import * as bareL2 from './bare/level2.ts';
import * as devices from './devices.ts';
import * as instructions from './instructions.ts';
import * as host from './level0/host-events.ts';
import * as nestedL1 from './level0/level1.ts';
import * as nestedL2 from './level0/level2.ts';
import { enterL2 } from './level0/nested-entry.ts';
import type { Machine } from './machine.ts';
import * as vmwrites from './vmwrites.ts';

/** The packed form of the alphabet. */
export const packing = pack<NestedVmxEvent>(alphabet);

/**
 * Plays one kind of event, with its arguments in declaration order: numbers as they are, booleans as 0 or 1, strings as
 * their place in the domain. Whether the precondition held.
 */
export type Operation = (m: Machine, a: number, b: number) => boolean;

type Kind = NestedVmxEvent['kind'];

/** Who carries out the instructions of L1 and L2. */
interface Levels {
  readonly instructionOfL1: (m: Machine, instruction: number, value: number) => boolean;
  readonly instructionOfL2: (m: Machine, instruction: number, value: number) => boolean;
  readonly waitInL1: Operation;
  readonly waitInL2: Operation;
  readonly enterL2: Operation;
  readonly writeOfL1: (m: Machine, write: vmwrites.VmWrite, a: number, b: number) => boolean;
  readonly writeOfGuestState: (m: Machine, write: vmwrites.VmWrite, a: number, b: number) => boolean;
}

const byProcessor: Levels = { ...bareL1, ...bareL2, writeOfGuestState: bareL1.writeOfL1 };
const byL0: Levels = { ...nestedL1, ...nestedL2, enterL2 };

/** The operations of all kinds, with the instructions carried out by `levels`. */
function operationsWith(levels: Levels): Record<Kind, Operation> {
  const ofL1 =
    (instruction: number): Operation =>
    (m, value) =>
      levels.instructionOfL1(m, instruction, value);
  const ofL2 =
    (instruction: number): Operation =>
    (m, value) =>
      levels.instructionOfL2(m, instruction, value);
  const write =
    (what: vmwrites.VmWrite): Operation =>
    (m, a, b) =>
      levels.writeOfL1(m, what, a, b);
  const writeGuest =
    (what: vmwrites.VmWrite): Operation =>
    (m, a, b) =>
      levels.writeOfGuestState(m, what, a, b);
  const writeControl = write(vmwrites.writeControl);
  const raiseVirtual = write(vmwrites.raiseVirtual);
  return {
    ...devices,
    l1Nop: ofL1(instructions.nop),
    l1Sti: ofL1(instructions.sti),
    l1Cli: ofL1(instructions.cli),
    l1MovSs: ofL1(instructions.movSs),
    l1Hlt: ofL1(instructions.hlt),
    l1Wait: levels.waitInL1,
    l1Iret: ofL1(instructions.iret),
    l1Eoi: ofL1(instructions.eoi),
    l1Tpr: ofL1(instructions.tpr),
    l1Control: (m, place, on) => vmwrites.controlExists(m, place) && writeControl(m, place, on),
    l1Inject: write(vmwrites.writeInjection),
    l1GuestInterrupts: writeGuest(vmwrites.writeGuestInterrupts),
    l1GuestBlocking: writeGuest(vmwrites.writeGuestBlocking),
    l1GuestNmiBlocking: writeGuest(vmwrites.writeGuestNmiBlocking),
    l1GuestActivity: writeGuest(vmwrites.writeGuestActivity),
    l1Timer: write(vmwrites.writeTimer),
    l1Idt: write(vmwrites.writeIdt),
    l1Pend: (m, vector, b) => vmwrites.virtualApicExists(m) && raiseVirtual(m, vector, b),
    l1Enter: levels.enterL2,
    l2Nop: ofL2(instructions.nop),
    l2Sti: ofL2(instructions.sti),
    l2Cli: ofL2(instructions.cli),
    l2MovSs: ofL2(instructions.movSs),
    l2Hlt: ofL2(instructions.hlt),
    l2Wait: levels.waitInL2,
    l2Iret: ofL2(instructions.iret),
    l2Vmcall: ofL2(instructions.vmcall),
    l2InvalidOpcode: ofL2(instructions.invalidOpcode),
    l2Read: ofL2(instructions.read),
    l2Eoi: ofL2(instructions.eoi),
    l2Tpr: ofL2(instructions.tpr),
    ...host,
  };
}

const bare = operationsWith(byProcessor);

/** The bare machine, where a real processor can follow. */
function onHardware(kind: Kind): Operation {
  const operation = bare[kind];
  if (alphabet[kind].by === 'device') return (m, a, b) => canBeSent(m) && operation(m, a, b);
  switch (kind) {
    case 'l2Iret':
    case 'l2Eoi':
    case 'l2Tpr':
      return (m, a, b) => canDoSeveral(m) && operation(m, a, b);
    case 'l1Wait':
    case 'l2Wait':
      return (m, a, b) => wouldAct(m) && operation(m, a, b);
    default:
      return operation;
  }
}

/** Stands for the events of actors that a profile does not have. */
const absent: Operation = () => false;

const nested = operationsWith(byL0);
const sources = { nested: (kind: Kind) => nested[kind], bare: (kind: Kind) => bare[kind], hardware: onHardware };

/** The operation of each kind, by profile. */
export const operationTable = (profile: keyof typeof sources): readonly Operation[] => {
  const actors: readonly string[] = profiles[profile].actors;
  return (packing.kinds as readonly Kind[]).map((kind) =>
    actors.includes(alphabet[kind].by) ? sources[profile](kind) : absent,
  );
};
