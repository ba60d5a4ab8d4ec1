import type { VgicEvent } from '../../../spec/vgic/alphabet.ts';
import { vmOf, type VgicConfiguration } from '../../../spec/vgic/configuration.ts';
import { physicalInterrupts, virtualInterrupts } from '../../../spec/vgic/universe.ts';
import type { Seen } from '../../../src/engine/property.ts';
import { Schedule } from './schedule.ts';

/** State field of a list register: bit 0 pending, bit 1 active. */
export const invalid = 0;
/** See {@link invalid}. */
export const pending = 1;
/** See {@link invalid}. */
export const active = 2;

type InterfaceField = 'hcr' | 'vmcr' | 'apr' | 'eisr' | 'elrsr' | 'misr' | 'lines';
type PhysicalField = 'pending' | 'active' | 'masked' | 'signalled';
type DistributorField = 'enabled' | 'pending' | 'active';
type SoftwareField = 'latch' | 'line' | 'listed' | 'sources';

/** The bit of a virtual interrupt in a word that shows a set of them. */
export const bitOf = (intid: number): number => 1 << virtualInterrupts.findIndex((it) => it.intid === intid);

/** The bit of a physical interrupt in a word that shows a set of them. */
export const physicalBitOf = (pIntId: number): number =>
  1 << physicalInterrupts.findIndex((it) => it.pIntId === pIntId);

/** Number of bits that are set. */
export function popcount(word: number): number {
  let count = 0;
  for (let rest = word; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/**
 * What a law looks at: the implementation's own words by the names that they have in the manuals, and who runs where.
 * List registers are read in the layout of the configuration's encoding.
 */
export class Machine {
  readonly config: VgicConfiguration;
  readonly schedule: Schedule;
  readonly wide: boolean;
  private seen: Seen | undefined;

  constructor(config: VgicConfiguration) {
    this.config = config;
    this.schedule = new Schedule(config);
    this.wide = config.encoding === 'gicv3';
  }

  follow(event: VgicEvent, seen: Seen): void {
    this.seen = seen;
    this.schedule.follow(event);
  }

  /** Looks at the final observation; {@link Machine.follow} may never have been called. */
  look(seen: Seen): void {
    this.seen = seen;
  }

  vm(v: number): number {
    return vmOf(this.config, v);
  }

  /** The first virtual CPU of a VM. */
  firstOf(vm: number): number {
    return vm === 1 ? this.config.vcpus - 1 : 0;
  }

  get reply(): number {
    return this.word('reply', 0, 'value');
  }

  interface(p: number, field: InterfaceField): number {
    return this.word('interface', p, field);
  }

  physical(p: number, field: PhysicalField): number {
    return this.word('physical', p, field);
  }

  distributor(v: number, field: DistributorField): number {
    return this.word('distributor', v, field);
  }

  software(v: number, field: SoftwareField): number {
    return this.word('software', v, field);
  }

  low(p: number, n: number): number {
    return this.word('listRegister', p * this.config.nrLr + n, 'low');
  }

  high(p: number, n: number): number {
    return this.wide ? this.word('listRegister', p * this.config.nrLr + n, 'high') : 0;
  }

  state(p: number, n: number): number {
    return this.wide ? this.high(p, n) >>> 30 : (this.low(p, n) >>> 28) & 3;
  }

  hw(p: number, n: number): boolean {
    return ((this.wide ? this.high(p, n) >>> 29 : this.low(p, n) >>> 31) & 1) === 1;
  }

  intid(p: number, n: number): number {
    return this.low(p, n) & 0x3ff;
  }

  pIntId(p: number, n: number): number {
    return this.wide ? this.high(p, n) & 0x1fff : (this.low(p, n) >>> 10) & 0x3ff;
  }

  eoi(p: number, n: number): boolean {
    return !this.hw(p, n) && ((this.wide ? this.high(p, n) >>> 9 : this.low(p, n) >>> 19) & 1) === 1;
  }

  /** Requesting CPU of an SGI. */
  source(p: number, n: number): number {
    return this.hw(p, n) ? 0 : (this.low(p, n) >>> 10) & 7;
  }

  /** Priority as eight bits. */
  priority(p: number, n: number): number {
    return this.wide ? (this.high(p, n) >>> 16) & 0xff : ((this.low(p, n) >>> 23) & 0x1f) << 3;
  }

  group(p: number, n: number): number {
    return (this.wide ? this.high(p, n) >>> 28 : this.low(p, n) >>> 30) & 1;
  }

  /** The list register of a physical CPU that holds an INTID in a state with one of `states`, or -1. */
  holding(p: number, intid: number, states = pending | active): number {
    for (let n = 0; n < this.config.nrLr; n++) {
      if ((this.state(p, n) & states) !== 0 && this.intid(p, n) === intid) return n;
    }
    return -1;
  }

  /** Priority mask as eight bits. */
  priorityMask(p: number): number {
    const vmcr = this.interface(p, 'vmcr');
    return this.wide ? vmcr >>> 24 : (vmcr >>> 27) << 3;
  }

  private word(section: string, index: number, field: string): number {
    if (this.seen === undefined) throw new Error('nothing has been observed yet');
    return this.seen.get(section, index, field);
  }
}
