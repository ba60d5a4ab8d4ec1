import { alphabet } from '../../spec/idt-vectoring/alphabet.ts';
import type { IdtVectoringConfiguration } from '../../spec/idt-vectoring/configuration.ts';
import { profiles } from '../../spec/idt-vectoring/profiles.ts';
import { exceptionBitmaps, externalVectors } from '../../spec/idt-vectoring/universe.ts';
import { VectorUniverse } from '../local-apic/index.ts';

/** The vectors of the local APIC. */
export const universe = new VectorUniverse(externalVectors);

/** Event kinds that each profile plays. */
const plays: Readonly<Record<string, Readonly<Record<string, boolean>>>> = Object.fromEntries(
  Object.entries(profiles).map(([profile, { actors }]) => [
    profile,
    Object.fromEntries(
      Object.entries(alphabet).map(([kind, { by }]) => [kind, (actors as readonly string[]).includes(by)]),
    ),
  ]),
);

/** What follows from the configuration alone, and never changes. */
export class Machine {
  readonly config: IdtVectoringConfiguration;
  /** Event kinds that the profile plays. */
  readonly plays: Readonly<Record<string, boolean>>;
  /** The hypervisor translates with shadow page tables. */
  readonly isShadow: boolean;
  /** "NMI exiting" and "virtual NMIs" are 1. */
  readonly hasVirtualNmis: boolean;
  /** Shadow paging intercepts #PF, to tell the guest's page faults from its own. */
  readonly exceptionBitmap: number;

  constructor(config: IdtVectoringConfiguration) {
    this.config = config;
    this.plays = plays[config.profile];
    this.isShadow = config.paging === 'shadow';
    this.hasVirtualNmis = config.nmi === 'virtual';
    this.exceptionBitmap = exceptionBitmaps[config.intercepts] | (this.isShadow ? exceptionBitmaps.pf : 0);
  }
}
