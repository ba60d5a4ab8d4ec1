import { alphabet, type PostedInterruptsEvent } from '../../spec/posted-interrupts/alphabet.ts';
import type { PostedInterruptsConfiguration } from '../../spec/posted-interrupts/configuration.ts';
import { profiles } from '../../spec/posted-interrupts/profiles.ts';
import { interleavedVectors, lines, physicalVectors, vectors } from '../../spec/posted-interrupts/universe.ts';
import { VectorUniverse, type VectorSet } from '../local-apic/index.ts';

/** Name of a physical vector. */
export type PhysicalName = keyof typeof physicalVectors;

/** The vectors of the guests. */
export const universe = new VectorUniverse(vectors);

/** Names of the physical vectors, in the order of their bits. */
export const physicalNames = Object.keys(physicalVectors) as readonly PhysicalName[];

/** Place of a physical vector among the bits, by name. */
export const physicalPlace = Object.fromEntries(physicalNames.map((name, place) => [name, place])) as Readonly<
  Record<PhysicalName, number>
>;

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
  readonly config: PostedInterruptsConfiguration;
  readonly isKvm: boolean;
  readonly isArch: boolean;
  readonly isInterleaved: boolean;
  readonly isX2apic: boolean;
  /** There is a descriptor: APICv can be on. */
  readonly canPost: boolean;
  /** Event kinds that the profile plays. */
  readonly plays: Readonly<Record<string, boolean>>;
  /** Target and vector of each line. */
  readonly lines: readonly { readonly target: number; readonly vector: number }[];
  /** The vectors that posters and devices use. */
  readonly vectors: VectorSet;

  constructor(config: PostedInterruptsConfiguration) {
    this.config = config;
    this.isKvm = config.profile === 'kvm';
    this.isArch = config.profile === 'arch';
    this.isInterleaved = config.profile === 'interleaved';
    this.isX2apic = config.mode === 'x2apic';
    this.canPost = config.apicv !== 'absent';
    this.plays = plays[config.profile];
    this.lines = lines.map(({ vector, target }) => ({ vector, target: target === 'first' ? 0 : config.vcpus - 1 }));
    const used: readonly number[] = config.vectors === 'all' ? vectors : interleavedVectors[config.vectors];
    this.vectors = used.reduce((set, vector) => universe.with(set, vector), 0);
  }

  /** Vectors of the lines that are routed to virtual CPU `v`. */
  levelVectors(v: number): VectorSet {
    return this.lines.reduce((set, { target, vector }) => (target === v ? universe.with(set, vector) : set), 0);
  }

  /** Whether an event names something that the configuration does not have. */
  lacks(event: PostedInterruptsEvent): boolean {
    const { config } = this;
    if ('vcpu' in event && event.vcpu >= config.vcpus) return true;
    if ('to' in event && event.to >= config.vcpus) return true;
    if ('pcpu' in event && event.pcpu >= config.pcpus) return true;
    if (!this.isInterleaved) return false;
    if ('vector' in event && !universe.has(this.vectors, event.vector)) return true;
    if ('poster' in event) return event.poster >= config.posters;
    return 'agent' in event && event.agent === 'poster1' && config.posters < 2;
  }
}
