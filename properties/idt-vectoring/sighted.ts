import type { IdtVectoringConfiguration } from '../../spec/idt-vectoring/configuration.ts';
import { gateStates, gateVectors, instructions, obstacles } from '../../spec/idt-vectoring/universe.ts';
import type { Seen } from '../../src/engine/property.ts';

/** Bits of `guest.flags`; the first three are RFLAGS, as in `delivery.flags`. */
export const guestBits = {
  if: 1 << 0,
  tf: 1 << 1,
  rf: 1 << 2,
  gd: 1 << 3,
  sti: 1 << 4,
  movss: 1 << 5,
  nmiBlocked: 1 << 6,
  halted: 1 << 7,
  shutdown: 1 << 8,
  mcip: 1 << 10,
} as const;

/** Bits of `delivery.flags`, beyond those of RFLAGS. */
export const deliveryBits = { task: 1 << 3, gd: 1 << 4, nmiBlocked: 1 << 5 } as const;

/** Name of an obstacle. */
export type ObstacleName = (typeof obstacles)[number];

const ofHypervisor = new Set<ObstacleName>(['page', 'pml', 'apicAccess', 'misconfiguration', 'client']);

/** Whether the guest knows nothing of an obstacle. */
export const isOfHypervisor = (obstacle: ObstacleName): boolean => ofHypervisor.has(obstacle);

const fields = {
  guest: ['rip', 'flags', 'cr2', 'dr6', 'isr', 'deviceReads'],
  pending: ['irr', 'nmis', 'machineCheck', 'debug'],
  program: ['frames', 'begun'],
  tables: ['obstacles', 'gates'],
  hypervisor: ['outside', 'inflight', 'error', 'length', 'payload'],
} as const;

type Name = (typeof fields)[keyof typeof fields][number];

/** What stays from one event to the next; without a hypervisor nothing of it is in hand. */
export type Page = Record<Name, number>;

const emptyPage = (): Page => {
  const names: readonly Name[] = Object.values(fields).flat();
  return Object.fromEntries(names.map((name) => [name, 0])) as Page;
};

/** An event whose handler was reached. */
export interface Reached {
  readonly vector: number;
  readonly hasError: boolean;
  readonly error: number;
  readonly returnRip: number;
  readonly flags: number;
  readonly cr2: number;
  readonly dr6: number;
}

/** What laws look at: the implementation's own words, now and after the event before. */
export class Sighted {
  readonly config: IdtVectoringConfiguration;
  readonly isHypervised: boolean;
  now: Page = emptyPage();
  before: Page = emptyPage();
  private seen: Seen | undefined;

  constructor(config: IdtVectoringConfiguration) {
    this.config = config;
    this.isHypervised = config.profile !== 'native';
    this.before.flags = guestBits.if;
  }

  look(seen: Seen): void {
    this.seen = seen;
    for (const [section, names] of Object.entries(fields)) {
      if (section === 'hypervisor' && !this.isHypervised) continue;
      for (const name of names) this.now[name] = seen.get(section, 0, name);
    }
  }

  /** What is now is what was before the next event. */
  keep(): void {
    const spare = this.before;
    this.before = this.now;
    this.now = spare;
  }

  word(section: 'exit' | 'entry' | 'client', field: string): number {
    if (this.seen === undefined) throw new Error('nothing has been observed yet');
    return this.isHypervised ? this.seen.get(section, 0, field) : 0;
  }

  /** The handlers that this event reached, in order. */
  reached(): readonly Reached[] {
    const { seen } = this;
    if (seen === undefined) throw new Error('nothing has been observed yet');
    const found: Reached[] = [];
    for (let index = 0; index < 2; index++) {
      const event = seen.get('delivery', index, 'event');
      if (event === 0) continue;
      found.push({
        vector: event & 0xff,
        hasError: (event & 0x800) !== 0,
        error: seen.get('delivery', index, 'error'),
        returnRip: seen.get('delivery', index, 'returnRip'),
        flags: seen.get('delivery', index, 'flags'),
        cr2: seen.get('delivery', index, 'cr2'),
        dr6: seen.get('delivery', index, 'dr6'),
      });
    }
    return found;
  }

  has(bit: keyof typeof guestBits, page: Page = this.now): boolean {
    return (page.flags & guestBits[bit]) !== 0;
  }

  /** The obstacles that lie there, the next one first. */
  obstacles(page: Page): readonly ObstacleName[] {
    const found: ObstacleName[] = [];
    for (let rest = page.obstacles; rest !== 0; rest >>>= 4) found.push(obstacles[(rest & 0xf) - 1] ?? 'page');
    return found;
  }

  /** The obstacles that deliveries met in this event. */
  met(kind: string): readonly ObstacleName[] {
    const added = kind === 'obstruct' || kind === 'spoil' ? 1 : 0;
    const [before, now] = [this.obstacles(this.before), this.obstacles(this.now)];
    // One that should have been put up, and could not be, is no matter here.
    const left = Math.max(0, now.length - added);
    return before.slice(0, Math.max(0, before.length - left));
  }

  gate(vector: number): (typeof gateStates)[number] {
    const place = (gateVectors as readonly number[]).indexOf(vector);
    return place < 0 ? 'present' : gateStates[(this.before.gates >>> (2 * place)) & 3]!;
  }

  /** The instruction that has begun, and whether its cause is there. */
  begun(page: Page): { readonly name: string; readonly argument: number; readonly cause: boolean } | undefined {
    const name = instructions[(page.begun & 0xff) - 1];
    return name && { name, argument: (page.begun >>> 8) & 0xff, cause: (page.begun & 0x10000) !== 0 };
  }
}
