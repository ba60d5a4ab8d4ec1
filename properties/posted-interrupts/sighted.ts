import type { PostedInterruptsConfiguration } from '../../spec/posted-interrupts/configuration.ts';
import { exitReasons, nestedNotificationVector, vectors } from '../../spec/posted-interrupts/universe.ts';
import type { Seen } from '../../src/engine/property.ts';

/** A guest: L1 of virtual CPU 0, its L2, virtual CPU 1; as in `delivery.taker`, less 1. */
export type GuestNumber = 0 | 1 | 2;

/** What a guest has, as sets of vectors. */
export interface Page {
  irr: number;
  isr: number;
  pir: number;
  tpr: number;
}

const emptyPage = (): Page => ({ irr: 0, isr: 0, pir: 0, tpr: 0 });

const placeOf = new Map<number, number>(vectors.map((vector, place) => [vector, place]));

/** The set of one vector; empty for a vector that is not played with. */
export const setOf = (vector: number): number => {
  const place = placeOf.get(vector);
  return place === undefined ? 0 : 1 << place;
};

/** The highest vector of a set, 0 if it is empty. */
export const highest = (set: number): number => (set === 0 ? 0 : vectors[31 - Math.clz32(set)]);

/** Class of a vector or a priority. */
export const classOf = (priority: number): number => priority >> 4;

/** A set in words. */
export const named = (set: number): string =>
  vectors
    .filter((vector) => (set & setOf(vector)) !== 0)
    .map((vector) => `0x${vector.toString(16)}`)
    .join(', ');

/** Names of the guests. */
export const guestNames = ['vcpu0', 'l2', 'vcpu1'] as const;

const validExternal = 0x8000_0000;
const vectorOf = (information: number): number => (information >>> 8 === validExternal >>> 8 ? information & 0xff : 0);

/** What laws look at: the implementation's own words, now and after the event before. */
export class Sighted {
  readonly config: PostedInterruptsConfiguration;
  /** The guests of the configuration. */
  readonly guests: readonly GuestNumber[];
  readonly now: readonly Page[] = [emptyPage(), emptyPage(), emptyPage()];
  readonly before: readonly Page[] = [emptyPage(), emptyPage(), emptyPage()];
  /** Interruption information of what was in flight before the event, by virtual CPU. */
  readonly wasInflight = [0, 0];
  private seen: Seen | undefined;

  constructor(config: PostedInterruptsConfiguration) {
    this.config = config;
    this.guests = ([0, 1, 2] as const).filter((guest) => (guest === 1 ? config.nested : guest < config.vcpus * 2));
  }

  look(seen: Seen): void {
    this.seen = seen;
    for (const guest of this.guests) {
      const page = this.now[guest];
      if (guest === 1) {
        page.irr = seen.get('nested', 0, 'irr');
        page.isr = seen.get('nested', 0, 'isr');
        page.pir = seen.get('nested', 0, 'pir');
        page.tpr = seen.get('nested', 0, 'tpr');
        continue;
      }
      const v = guest >> 1;
      page.irr = seen.get('apic', v, 'irr');
      page.isr = seen.get('apic', v, 'isr');
      page.pir = seen.get('descriptor', v, 'pir');
      page.tpr = seen.get('apic', v, 'tpr');
    }
  }

  /** What is now is what was before the next event. */
  keep(): void {
    for (const guest of this.guests) Object.assign(this.before[guest], this.now[guest]);
    for (let v = 0; v < this.config.vcpus; v++) this.wasInflight[v] = this.word('core', v, 'inflight');
  }

  word(section: string, index: number, field: string): number {
    if (this.seen === undefined) throw new Error('nothing has been observed yet');
    return this.seen.get(section, index, field);
  }

  bit(section: string, index: number, field: string, bit: number): boolean {
    return ((this.word(section, index, field) >>> bit) & 1) !== 0;
  }

  /** Vectors that a guest accepted in this event. */
  accepted(guest: GuestNumber): number {
    return this.word('effects', 0, 'acceptor') === guest + 1 ? this.word('effects', 0, 'accepted') : 0;
  }

  /** Vectors that reached a guest in this event: its handler, or L1 by the exit of its L2. */
  delivered(guest: GuestNumber): number {
    let set = 0;
    if (this.word('delivery', 0, 'taker') === guest + 1) {
      set |= setOf(vectorOf(this.word('delivery', 0, 'first'))) | setOf(vectorOf(this.word('delivery', 0, 'second')));
    }
    if (guest === 0 && this.word('exit', 0, 'l1Reason') === (validExternal | exitReasons.externalInterrupt) >>> 0) {
      set |= setOf(vectorOf(this.word('exit', 0, 'l1Interruption')));
    }
    return set;
  }

  /** Vectors of a guest that were in flight before the event, or are now. */
  inflight(guest: GuestNumber, when: 'before' | 'now'): number {
    if (guest === 1) return 0;
    const v = guest >> 1;
    return setOf(vectorOf(when === 'now' ? this.word('core', v, 'inflight') : this.wasInflight[v]));
  }

  /** Vectors of which nothing is said: in profile `kvm` the notification vector of L1. */
  excepted(guest: GuestNumber): number {
    return this.config.profile === 'kvm' && guest === 0 ? setOf(nestedNotificationVector) : 0;
  }

  /** L1's notification vector was consumed for L2. */
  get consumed(): boolean {
    return this.word('effects', 0, 'consumed') !== 0;
  }

  /** Nobody is in the middle of anything, and no physical vector is pending. */
  get isQuiet(): boolean {
    for (let p = 0; p < this.config.pcpus; p++) if (this.word('physical', p, 'pending') !== 0) return false;
    return this.isWhole;
  }

  /** Nobody is in the middle of anything. */
  get isWhole(): boolean {
    if (this.config.profile !== 'interleaved') return true;
    return (['target', 'poster0', 'poster1'] as const).every((agent) => this.word('steps', 0, agent) === 0);
  }

  /** PPR of L1 as it follows from TPR and ISR. */
  ppr(guest: GuestNumber): number {
    const { tpr, isr } = this.now[guest];
    return Math.max(classOf(tpr), classOf(highest(isr))) << 4;
  }

  /** IF is 1 and there is no blocking. */
  isOpen(v: number): boolean {
    return (this.word('core', v, 'flags') & 0b111) === 0b001;
  }
}
