import { alphabet } from '../../spec/nested-vmx/alphabet.ts';
import type { NestedVmxConfiguration } from '../../spec/nested-vmx/configuration.ts';
import { profiles } from '../../spec/nested-vmx/profiles.ts';
import { controls, vectors } from '../../spec/nested-vmx/universe.ts';
import { interruptibility } from '../../spec/vmx/guest-non-register-state.ts';
import { VectorUniverse } from '../local-apic/index.ts';

/** The vectors of L1's local APIC, and of the virtual-APIC page of L2. */
export const universe = new VectorUniverse(vectors);

/** Name of a control of a VMCS. */
export type ControlName = (typeof controls)[number];

/** The bit of each control. */
export const control = Object.fromEntries(controls.map((name, place) => [name, 1 << place])) as Readonly<
  Record<ControlName, number>
>;

/** Bits of blocking that a value of `blocksInterruptExit` or `blocksNmiExit` names; or of `l1GuestBlocking`. */
export const blockingBits = {
  none: 0,
  sti: interruptibility.blockingBySti,
  movss: interruptibility.blockingByMovSs,
  both: interruptibility.blockingBySti | interruptibility.blockingByMovSs,
} as const;

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
  readonly config: NestedVmxConfiguration;
  readonly isNested: boolean;
  /** Stimuli come far enough apart for a real processor to follow. */
  readonly isHardware: boolean;
  /** Blocking that holds off an external-interrupt exit. */
  readonly blocksInterruptExit: number;
  /** Blocking that holds off an NMI exit. */
  readonly blocksNmiExit: number;
  /** Blocking that holds off the delivery of an NMI, and the NMI window. */
  readonly blocksNmi: number;
  /** Event kinds that the profile plays. */
  readonly plays: Readonly<Record<string, boolean>>;

  constructor(config: NestedVmxConfiguration) {
    this.config = config;
    this.isNested = config.profile === 'nested';
    this.isHardware = config.profile === 'hardware';
    this.blocksInterruptExit = blockingBits[config.blocksInterruptExit];
    this.blocksNmiExit = blockingBits[config.blocksNmiExit];
    this.blocksNmi = config.stiBlocksNmi ? blockingBits.both : blockingBits.movss;
    this.plays = plays[config.profile];
  }
}
