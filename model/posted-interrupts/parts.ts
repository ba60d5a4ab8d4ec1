import type { Cite } from '../../spec/contract.ts';
import { LocalApicRules } from '../local-apic/index.ts';
import { IoApic } from './devices/io-apic.ts';
import { Iommu } from './devices/iommu.ts';
import { universe } from './machine.ts';
import type { PostedInterruptsClause } from './part.ts';
import { DirectAccess } from './processor/direct-access.ts';
import { EventDelivery } from './processor/event-delivery.ts';
import { Exits } from './processor/exits.ts';
import { Instructions } from './processor/instructions.ts';
import { Notification } from './processor/notification.ts';
import { VirtualInterrupts } from './processor/virtual-interrupts.ts';
import { Acceptance } from './software/acceptance.ts';
import { Blocking } from './software/blocking.ts';
import { Emulation } from './software/emulation.ts';
import { Entry } from './software/entry.ts';
import { HostInterrupt } from './software/host-interrupt.ts';
import { NestedKvm } from './software/nested-kvm.ts';
import { Nested } from './software/nested.ts';
import { Posting } from './software/posting.ts';
import { Scheduling } from './software/scheduling.ts';
import { Switching } from './software/switching.ts';
import { Sync } from './software/sync.ts';
import { Order } from './steps/order.ts';
import { PosterSteps } from './steps/poster-steps.ts';
import { TargetOperations } from './steps/target-operations.ts';
import { TargetSteps } from './steps/target-steps.ts';

/** The local APIC with the vectors of this system. */
export class LocalApicPart extends LocalApicRules {
  constructor(cite: Cite<PostedInterruptsClause>, _parts: Parts) {
    super(cite, universe);
  }
}

/** The groups of rules that a model is made of. */
export interface Parts {
  // The processor.
  readonly localApic: LocalApicPart;
  readonly virtualInterrupts: VirtualInterrupts;
  readonly notification: Notification;
  readonly eventDelivery: EventDelivery;
  readonly exits: Exits;
  readonly instructions: Instructions;
  readonly directAccess: DirectAccess;
  // The software around it.
  readonly acceptance: Acceptance;
  readonly posting: Posting;
  readonly sync: Sync;
  readonly entry: Entry;
  readonly hostInterrupt: HostInterrupt;
  readonly emulation: Emulation;
  readonly scheduling: Scheduling;
  readonly blocking: Blocking;
  readonly switching: Switching;
  readonly nested: Nested;
  readonly nestedKvm: NestedKvm;
  // The devices.
  readonly ioApic: IoApic;
  readonly iommu: Iommu;
  // The atomic steps.
  readonly order: Order;
  readonly posterSteps: PosterSteps;
  readonly targetSteps: TargetSteps;
  readonly targetOperations: TargetOperations;
}

/** A class for each part. */
export type PartClasses = {
  readonly [K in keyof Parts]: new (cite: Cite<PostedInterruptsClause>, parts: Parts) => Parts[K];
};

/** The rules as the clauses state them. */
export const partClasses: PartClasses = {
  localApic: LocalApicPart,
  virtualInterrupts: VirtualInterrupts,
  notification: Notification,
  eventDelivery: EventDelivery,
  exits: Exits,
  instructions: Instructions,
  directAccess: DirectAccess,
  acceptance: Acceptance,
  posting: Posting,
  sync: Sync,
  entry: Entry,
  hostInterrupt: HostInterrupt,
  emulation: Emulation,
  scheduling: Scheduling,
  blocking: Blocking,
  switching: Switching,
  nested: Nested,
  nestedKvm: NestedKvm,
  ioApic: IoApic,
  iommu: Iommu,
  order: Order,
  posterSteps: PosterSteps,
  targetSteps: TargetSteps,
  targetOperations: TargetOperations,
};

/** Makes the parts; each holds the others through the same object. */
export function assemble(cite: Cite<PostedInterruptsClause>, replacements: Partial<PartClasses>): Parts {
  const parts: Record<string, unknown> = {};
  const classes: PartClasses = { ...partClasses, ...replacements };
  for (const [name, PartClass] of Object.entries(classes)) parts[name] = new PartClass(cite, parts as unknown as Parts);
  return parts as unknown as Parts;
}
