import type { Model } from '../../spec/contract.ts';
import type { clauses } from '../../spec/posted-interrupts/clauses.ts';
import type { PostedInterruptsConfiguration } from '../../spec/posted-interrupts/configuration.ts';
import type { profiles } from '../../spec/posted-interrupts/profiles.ts';
import { PostedInterruptsModel, type PartClasses } from '../../model/posted-interrupts/index.ts';
import type { Fault, Sighting } from '../fault.ts';

type Clause = keyof typeof clauses;

/** A fault of `posted-interrupts` as it is written down: the reference model with some rules replaced. */
export interface PostedInterruptsFault {
  readonly id: string;
  readonly breaks: readonly [Clause, ...Clause[]];
  readonly wrong: string;
  readonly seen?: readonly Sighting[];
  readonly profile?: keyof typeof profiles;
  readonly config?: Partial<PostedInterruptsConfiguration>;
  readonly parts: Partial<PartClasses>;
}

/** Makes a fault of replaced rules. */
export function fault({ seen = [], parts, ...declared }: PostedInterruptsFault): Fault {
  return {
    system: 'posted-interrupts',
    ...declared,
    seen,
    model: (cite) => new PostedInterruptsModel({ cite, parts }) as unknown as Model,
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

/** A change to ACRN. */
export const acrn = from('ACRN');

/** A change to OpenVMM. */
export const openVmm = from('OpenVMM');

/** A change to bhyve of FreeBSD. */
export const bhyve = from('FreeBSD bhyve');
