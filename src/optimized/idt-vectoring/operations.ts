import { alphabet, type IdtVectoringEvent } from '../../../spec/idt-vectoring/alphabet.ts';
import { profiles } from '../../../spec/idt-vectoring/profiles.ts';
import { pack } from '../../../spec/packing.ts';
import { guestEvents } from './guest-events.ts';
import { enterOnce, kick, migrate, obstruct } from './hypervisor-events.ts';
import { inject } from './inject.ts';
import type { Machine } from './machine.ts';
import { cure, external, machineCheckPending, nmi } from './platform-events.ts';
import { refused } from './refused.ts';
import { gate, spoil } from './table-events.ts';

/** The packed form of the alphabet. */
export const packing = pack<IdtVectoringEvent>(alphabet);

/**
 * Plays one kind of event, with its arguments in declaration order: numbers as they are, booleans as 0 or 1, strings as
 * their place in the domain. Whether the precondition held.
 */
export type Operation = (m: Machine, a: number, b: number) => boolean;

const operations: Readonly<Record<IdtVectoringEvent['kind'], Operation>> = {
  ...guestEvents,
  external,
  nmi,
  machineCheck: machineCheckPending,
  cure,
  gate,
  spoil,
  inject,
  obstruct,
  enter: enterOnce,
  kick,
  migrate,
  refused,
};

/** Stands for the events of actors that a profile does not have. */
const absent: Operation = () => false;

/** The operation of each kind in each profile, in the order of the machine's profile numbers. */
export const operationTables: readonly (readonly Operation[])[] = (
  ['reinject', 'drop', 'drop-exceptions', 'native'] as const
).map((profile) => {
  const actors: readonly string[] = profiles[profile].actors;
  return (packing.kinds as readonly IdtVectoringEvent['kind'][]).map((kind) =>
    actors.includes(alphabet[kind].by) ? operations[kind] : absent,
  );
});
