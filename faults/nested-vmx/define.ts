import type { Model } from '../../spec/contract.ts';
import type { NestedVmxConfiguration } from '../../spec/nested-vmx/configuration.ts';
import type { profiles } from '../../spec/nested-vmx/profiles.ts';
import { NestedVmxModel, type NestedVmxClause, type PartClasses } from '../../model/nested-vmx/index.ts';
import type { Fault, Sighting } from '../fault.ts';

/** A fault of `nested-vmx` as it is written down: the reference model with some rules replaced. */
export interface NestedVmxFault {
  readonly id: string;
  readonly breaks: readonly [NestedVmxClause, ...NestedVmxClause[]];
  readonly wrong: string;
  readonly seen?: readonly Sighting[];
  readonly profile?: keyof typeof profiles;
  readonly config?: Partial<NestedVmxConfiguration>;
  readonly parts: Partial<PartClasses>;
}

/** Makes a fault of replaced rules. */
export function fault({ seen = [], parts, ...declared }: NestedVmxFault): Fault {
  return {
    system: 'nested-vmx',
    ...declared,
    seen,
    model: (cite) => new NestedVmxModel({ cite, parts }) as unknown as Model,
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
