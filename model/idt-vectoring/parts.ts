import type { Cite } from '../../spec/contract.ts';
import type { profiles } from '../../spec/idt-vectoring/profiles.ts';
import { BareMetal } from './bare-metal/bare-metal.ts';
import type { Environment } from './environment.ts';
import type { IdtVectoringClause } from './part.ts';
import { Boundary } from './processor/boundary.ts';
import { Completion } from './processor/completion.ts';
import { Debugging } from './processor/debugging.ts';
import { Delivery } from './processor/delivery.ts';
import { Escalation } from './processor/escalation.ts';
import { Exceptions } from './processor/exceptions.ts';
import { ExternalInterrupts } from './processor/external-interrupts.ts';
import { Handlers } from './processor/handlers.ts';
import { Injection } from './processor/injection.ts';
import { Injector } from './processor/injector.ts';
import { Instructions } from './processor/instructions.ts';
import { Iret } from './processor/iret.ts';
import { NestedFaults } from './processor/nested-faults.ts';
import { Nmis } from './processor/nmis.ts';
import { Obstacles } from './processor/obstacles.ts';
import { Payloads } from './processor/payloads.ts';
import { ProgramFlow } from './processor/program-flow.ts';
import { ResumeFlag } from './processor/resume-flag.ts';
import { Shutdown } from './processor/shutdown.ts';
import { SoftEvents } from './processor/soft-events.ts';
import { DeliveryExits } from './vmx/delivery-exits.ts';
import { Entries } from './vmx/entries.ts';
import { EntryChecks } from './vmx/entry-checks.ts';
import { Exits } from './vmx/exits.ts';
import { Interception } from './vmx/interception.ts';
import { IretExits } from './vmx/iret-exits.ts';
import { Clients } from './vmx/software/clients.ts';
import { HypervisorInjection } from './vmx/software/hypervisor-injection.ts';
import { IretRepair } from './vmx/software/iret-repair.ts';
import { LoneExits } from './vmx/software/lone-exits.ts';
import { Merging } from './vmx/software/merging.ts';
import { Migration } from './vmx/software/migration.ts';
import { NmiWindow } from './vmx/software/nmi-window.ts';
import { Policy } from './vmx/software/policy.ts';
import { Reflection } from './vmx/software/reflection.ts';
import { Refusals } from './vmx/software/refusals.ts';
import { TaskSwitches } from './vmx/software/task-switches.ts';
import { VirtualMachine } from './vmx/virtual-machine.ts';

/** A class for each part. */
export type PartClasses = {
  readonly [K in keyof typeof partClasses]: new (
    cite: Cite<IdtVectoringClause>,
    parts: Parts,
  ) => InstanceType<(typeof partClasses)[K]>;
};

/** The rules as the clauses state them. */
export const partClasses = {
  // The guest's processor.
  boundary: Boundary,
  completion: Completion,
  debugging: Debugging,
  delivery: Delivery,
  escalation: Escalation,
  exceptions: Exceptions,
  externalInterrupts: ExternalInterrupts,
  handlers: Handlers,
  injection: Injection,
  injector: Injector,
  instructions: Instructions,
  iret: Iret,
  nestedFaults: NestedFaults,
  nmis: Nmis,
  obstacles: Obstacles,
  payloads: Payloads,
  programFlow: ProgramFlow,
  resumeFlag: ResumeFlag,
  shutdown: Shutdown,
  softEvents: SoftEvents,
  // Nothing around it.
  bareMetal: BareMetal,
  // VMX non-root operation around it.
  virtualMachine: VirtualMachine,
  deliveryExits: DeliveryExits,
  entries: Entries,
  entryChecks: EntryChecks,
  exits: Exits,
  interception: Interception,
  iretExits: IretExits,
  // The hypervisor.
  clients: Clients,
  hypervisorInjection: HypervisorInjection,
  iretRepair: IretRepair,
  loneExits: LoneExits,
  merging: Merging,
  migration: Migration,
  nmiWindow: NmiWindow,
  policy: Policy,
  reflection: Reflection,
  refusals: Refusals,
  taskSwitches: TaskSwitches,
} as const;

/** The groups of rules that a model is made of. */
export type Parts = {
  readonly [K in keyof typeof partClasses]: InstanceType<(typeof partClasses)[K]>;
} & {
  /** What stands around the guest's processor in the profile. */
  readonly environment: Environment;
};

/** Makes the parts; each holds the others through the same object. */
export function assemble(
  profile: keyof typeof profiles,
  cite: Cite<IdtVectoringClause>,
  replacements: Partial<PartClasses>,
): Parts {
  const parts: Record<string, unknown> = {};
  const classes: PartClasses = { ...partClasses, ...replacements };
  for (const [name, PartClass] of Object.entries(classes)) parts[name] = new PartClass(cite, parts as unknown as Parts);
  parts['environment'] = profile === 'native' ? parts['bareMetal'] : parts['virtualMachine'];
  return parts as unknown as Parts;
}
