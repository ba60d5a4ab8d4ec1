import type { Cite } from '../../spec/contract.ts';
import type { VgicClause } from '../../spec/vgic/clauses.ts';
import { Devices } from './environment/devices.ts';
import { Guest } from './environment/guest.ts';
import { HardwareAccess } from './environment/hardware-access.ts';
import { Encoding } from './hardware/encoding.ts';
import { Maintenance } from './hardware/maintenance.ts';
import { PhysicalDistributor } from './hardware/physical-distributor.ts';
import { Priority } from './hardware/priority.ts';
import { VirtualInterface } from './hardware/virtual-interface.ts';
import { DistributorRegisters } from './hypervisor/distributor-registers.ts';
import { Flush } from './hypervisor/flush.ts';
import { Fold } from './hypervisor/fold.ts';
import { HostInterrupt } from './hypervisor/host-interrupt.ts';
import { Injection } from './hypervisor/injection.ts';
import { Mapping } from './hypervisor/mapping.ts';
import { Offer } from './hypervisor/offer.ts';
import { Routing } from './hypervisor/routing.ts';
import { Run } from './hypervisor/run.ts';
import { SgiRules } from './hypervisor/sgi.ts';
import { TimerRules } from './hypervisor/timer.ts';
import { Userspace } from './hypervisor/userspace.ts';
import { Wake } from './hypervisor/wake.ts';
import { Seed2015Offering } from './seed-2015/offering.ts';
import { Seed2015Sync } from './seed-2015/sync.ts';
import { Showing } from './showing.ts';

/** The groups of rules that a model is made of. */
export interface Parts {
  // The hardware.
  readonly physical: PhysicalDistributor;
  readonly priority: Priority;
  readonly virtualInterface: VirtualInterface;
  readonly maintenance: Maintenance;
  readonly encoding: Encoding;
  // The hypervisor.
  readonly injection: Injection;
  readonly routing: Routing;
  readonly offer: Offer;
  readonly flush: Flush;
  readonly fold: Fold;
  readonly run: Run;
  readonly mapping: Mapping;
  readonly hostInterrupt: HostInterrupt;
  readonly timer: TimerRules;
  readonly distributorRegisters: DistributorRegisters;
  readonly sgi: SgiRules;
  readonly wake: Wake;
  readonly userspace: Userspace;
  readonly offering: Seed2015Offering;
  readonly sync: Seed2015Sync;
  // The environment.
  readonly devices: Devices;
  readonly guest: Guest;
  readonly hardwareAccess: HardwareAccess;
  // What is seen.
  readonly showing: Showing;
}

/** A class for each part. */
export type PartClasses = {
  readonly [K in keyof Parts]: new (cite: Cite<VgicClause>, parts: Parts) => Parts[K];
};

/** The rules as the clauses state them. */
export const partClasses: PartClasses = {
  physical: PhysicalDistributor,
  priority: Priority,
  virtualInterface: VirtualInterface,
  maintenance: Maintenance,
  encoding: Encoding,
  injection: Injection,
  routing: Routing,
  offer: Offer,
  flush: Flush,
  fold: Fold,
  run: Run,
  mapping: Mapping,
  hostInterrupt: HostInterrupt,
  timer: TimerRules,
  distributorRegisters: DistributorRegisters,
  sgi: SgiRules,
  wake: Wake,
  userspace: Userspace,
  offering: Seed2015Offering,
  sync: Seed2015Sync,
  devices: Devices,
  guest: Guest,
  hardwareAccess: HardwareAccess,
  showing: Showing,
};

/** Makes the parts; each holds the others through the same object. */
export function assemble(cite: Cite<VgicClause>, replacements: Partial<PartClasses>): Parts {
  const parts: Record<string, unknown> = {};
  const classes: PartClasses = { ...partClasses, ...replacements };
  for (const [name, PartClass] of Object.entries(classes)) parts[name] = new PartClass(cite, parts as unknown as Parts);
  return parts as unknown as Parts;
}
