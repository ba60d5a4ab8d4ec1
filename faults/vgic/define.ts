import type { Model } from '../../spec/contract.ts';
import type { VgicClause } from '../../spec/vgic/clauses.ts';
import type { VgicConfiguration } from '../../spec/vgic/configuration.ts';
import type { profiles } from '../../spec/vgic/profiles.ts';
import { VgicModel, type PartClasses } from '../../model/vgic/index.ts';
import type { Fault, Sighting } from '../fault.ts';

/** A fault of `vgic` as it is written down: the reference model with some rules replaced. */
export interface VgicFault {
  readonly id: string;
  readonly breaks: readonly [VgicClause, ...VgicClause[]];
  readonly wrong: string;
  readonly seen?: readonly Sighting[];
  readonly profile?: keyof typeof profiles;
  readonly config?: Partial<VgicConfiguration>;
  readonly parts: Partial<PartClasses>;
}

/** Makes a fault of replaced rules. */
export function fault({ seen = [], parts, ...declared }: VgicFault): Fault {
  return {
    system: 'vgic',
    ...declared,
    seen,
    model: (cite) => new VgicModel({ cite, parts }) as unknown as Model,
  };
}

/** A change to the vGIC of Linux. */
export const kvm = (bug: string, change: string, year: number, evidence: Sighting['evidence'] = 'read'): Sighting => ({
  project: 'Linux KVM/arm vgic',
  change,
  year,
  bug,
  evidence,
});

/** A change to the vGIC of Xen. */
export const xen = (bug: string, change: string, year: number, evidence: Sighting['evidence'] = 'read'): Sighting => ({
  project: 'Xen arm vgic',
  change,
  year,
  bug,
  evidence,
});
