import type { Model } from '../../spec/contract.ts';
import type { clauses } from '../../spec/idt-vectoring/clauses.ts';
import type { IdtVectoringConfiguration } from '../../spec/idt-vectoring/configuration.ts';
import type { profiles } from '../../spec/idt-vectoring/profiles.ts';
import { IdtVectoringModel, type PartClasses } from '../../model/idt-vectoring/index.ts';
import type { Fault, Sighting } from '../fault.ts';

type Clause = keyof typeof clauses;

/** A fault of `idt-vectoring` as it is written down: the reference model with some rules replaced. */
export interface IdtVectoringFault {
  readonly id: string;
  readonly breaks: readonly [Clause, ...Clause[]];
  readonly wrong: string;
  readonly seen?: readonly Sighting[];
  readonly profile?: keyof typeof profiles;
  readonly config?: Partial<IdtVectoringConfiguration>;
  readonly parts: Partial<PartClasses>;
}

/** Makes a fault of replaced rules. */
export function fault({ seen = [], parts, ...declared }: IdtVectoringFault): Fault {
  return {
    system: 'idt-vectoring',
    ...declared,
    seen,
    model: (cite) => new IdtVectoringModel({ cite, parts }) as unknown as Model,
  };
}

const from =
  (project: string) =>
  (bug: string, change: string, year?: number, evidence: Sighting['evidence'] = 'read'): Sighting => ({
    project,
    change,
    ...(year !== undefined && { year }),
    bug,
    evidence,
  });

/** A change to KVM of Linux, on x86. */
export const kvm = from('Linux KVM/x86');

/** A change to Xen, on x86. */
export const xen = from('Xen x86');

/** A change to ACRN. */
export const acrn = from('ACRN');

/** A change to bhyve of FreeBSD. */
export const bhyve = from('FreeBSD bhyve');

/** A change to Bochs. */
export const bochs = from('Bochs');

/** A change to OpenVMM. */
export const openVmm = from('OpenVMM');

/** A change to HAXM. */
export const haxm = from('HAXM');
