import type { Cite } from '../../spec/contract.ts';
import { BareBoundaries } from './bare/boundaries.ts';
import { BareDevices } from './bare/devices.ts';
import { BareEntries } from './bare/entries.ts';
import { BareExecution } from './bare/execution.ts';
import { BareExits } from './bare/exits.ts';
import { HardwareProfile } from './bare/hardware-profile.ts';
import { Commit } from './l0/commit.ts';
import { Composition } from './l0/composition.ts';
import { NestedDevices } from './l0/devices.ts';
import { Emulator } from './l0/emulator.ts';
import { NestedExecution } from './l0/execution.ts';
import { ExitHandlers } from './l0/exit-handlers.ts';
import { Host } from './l0/host.ts';
import { L1Apic } from './l0/l1-apic.ts';
import { Look } from './l0/look.ts';
import { NestedEntry } from './l0/nested-entry.ts';
import { NestedEvents } from './l0/nested-events.ts';
import { Reflection } from './l0/reflection.ts';
import type { NestedVmxClause } from './part.ts';
import { Boundary } from './processor/boundary.ts';
import { EntryChecks } from './processor/entry-checks.ts';
import { EventDelivery } from './processor/event-delivery.ts';
import { ExitToL1 } from './processor/exit-to-l1.ts';
import { Instructions } from './processor/instructions.ts';
import { InterruptExits } from './processor/interrupt-exits.ts';
import { Interruptibility } from './processor/interruptibility.ts';
import { Interrupts } from './processor/interrupts.ts';
import { Loading } from './processor/loading.ts';
import { LocalApicPart } from './processor/local-apic-part.ts';
import { NonRoot } from './processor/non-root.ts';
import { Priorities } from './processor/priorities.ts';
import { VirtualInterrupts } from './processor/virtual-interrupts.ts';
import { VmcsWrites } from './vmcs-writes.ts';

/** A class for each part: the rules as the clauses state them. */
export const partClasses = {
  // The processor, whoever runs on it.
  localApic: LocalApicPart,
  interrupts: Interrupts,
  interruptibility: Interruptibility,
  interruptExits: InterruptExits,
  priorities: Priorities,
  boundary: Boundary,
  eventDelivery: EventDelivery,
  instructions: Instructions,
  virtualInterrupts: VirtualInterrupts,
  entryChecks: EntryChecks,
  loading: Loading,
  exitToL1: ExitToL1,
  nonRoot: NonRoot,
  vmcsWrites: VmcsWrites,
  // The bare machine: L1 and L2 on one processor.
  bareBoundaries: BareBoundaries,
  bareExits: BareExits,
  bareEntries: BareEntries,
  bareExecution: BareExecution,
  bareDevices: BareDevices,
  hardwareProfile: HardwareProfile,
  // L0 below them.
  composition: Composition,
  l1Apic: L1Apic,
  nestedEvents: NestedEvents,
  look: Look,
  commit: Commit,
  reflection: Reflection,
  exitHandlers: ExitHandlers,
  nestedEntry: NestedEntry,
  emulator: Emulator,
  nestedExecution: NestedExecution,
  nestedDevices: NestedDevices,
  host: Host,
} as const;

type Classes = typeof partClasses;

/** A class for each part. */
export type PartClasses = {
  readonly [K in keyof Classes]: new (cite: Cite<NestedVmxClause>, parts: Parts) => InstanceType<Classes[K]>;
};

/** The groups of rules that a model is made of. */
export type Parts = { readonly [K in keyof Classes]: InstanceType<Classes[K]> } & {
  /** The same rules, where it is nobody's business which clause decides. */
  readonly quiet: Parts;
};

/** Makes the parts; each holds the others through the same object. */
export function assemble(cite: Cite<NestedVmxClause>, replacements: Partial<PartClasses>): Parts {
  const quiet = instances(() => {}, replacements);
  quiet['quiet'] = quiet;
  const parts = instances(cite, replacements);
  parts['quiet'] = quiet;
  return parts as unknown as Parts;
}

function instances(cite: Cite<NestedVmxClause>, replacements: Partial<PartClasses>): Record<string, unknown> {
  const parts: Record<string, unknown> = {};
  const classes: PartClasses = { ...partClasses, ...replacements };
  for (const [name, PartClass] of Object.entries(classes)) parts[name] = new PartClass(cite, parts as unknown as Parts);
  return parts;
}
