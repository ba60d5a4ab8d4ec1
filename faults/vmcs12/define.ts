import type { Model } from '../../spec/contract.ts';
import type { Vmcs12Configuration } from '../../spec/vmcs12/configuration.ts';
import type { profiles } from '../../spec/vmcs12/profiles.ts';
import { Vmcs12Model, type PartClasses, type Vmcs12Clause } from '../../model/vmcs12/index.ts';
import type { Fault, Sighting } from '../fault.ts';

/** A fault of `vmcs12` as it is written down: the reference model with some rules replaced. */
export interface Vmcs12Fault {
  readonly id: string;
  readonly breaks: readonly [Vmcs12Clause, ...Vmcs12Clause[]];
  readonly wrong: string;
  readonly seen?: readonly Sighting[];
  readonly profile?: keyof typeof profiles;
  readonly config?: Partial<Vmcs12Configuration>;
  readonly parts: Partial<PartClasses>;
}

/** Makes a fault of replaced rules. */
export function fault({ seen = [], parts, ...declared }: Vmcs12Fault): Fault {
  return {
    system: 'vmcs12',
    ...declared,
    seen,
    model: (cite) => new Vmcs12Model({ cite, parts }) as unknown as Model,
  };
}

const from =
  (project: string) =>
  (bug: string, change: string, year: number, evidence: Sighting['evidence'] = 'read'): Sighting => ({
    project,
    change,
    year,
    bug,
    evidence,
  });

/** A change to KVM of Linux, on x86. */
export const kvm = from('Linux KVM/x86');

/** A change to Xen, on x86. */
export const xen = from('Xen x86');

/** A change to Bochs. */
export const bochs = from('Bochs');

/** A change to ACRN. */
export const acrn = from('ACRN');

/** A change to kvm-unit-tests. */
export const unitTests = from('kvm-unit-tests');

/** The patch of 2010 that brought `prepare_vmcs12`, as it was posted and reviewed. */
export const patchOf2010: Sighting = {
  project: 'Linux KVM/x86',
  change: '[PATCH 18/24] Exiting from L2 to L1',
  year: 2010,
  evidence: 'read',
};
