import type { NestedVmxEvent } from '../../spec/nested-vmx/alphabet.ts';
import type { NestedVmxConfiguration } from '../../spec/nested-vmx/configuration.ts';
import { injections, presets, vectors } from '../../spec/nested-vmx/universe.ts';
import { exitReasons } from '../../spec/vmx/exit-reasons.ts';
import { eventTypes, interruptionInformation } from '../../spec/vmx/interruption-information.ts';
import type { Seen } from '../../src/engine/property.ts';
import { controlBit, levelBits, vmcsBits, type ControlName } from './bits.ts';

/** A level, in the words of its section. */
export interface LevelScene {
  flags: number;
  activity: number;
  position: number;
  frames: number;
}

/** The state after an event, as far as the law declares that it needs it; the rest stays as after reset. */
export interface Scene {
  irr: number;
  isr: number;
  tpr: number;
  ppr: number;
  readonly l1: LevelScene;
  readonly l2: LevelScene;
  entryInformation: number;
  /** Bits of `pending.flags`. */
  pending: number;
  virr: number;
  visr: number;
  rvi: number;
  pir: number;
  on: boolean;
  recognized: boolean;
}

const atReset = (): Scene => ({
  irr: 0,
  isr: 0,
  tpr: 0,
  ppr: 0,
  l1: { flags: levelBits.runs, activity: 0, position: 0, frames: 0 },
  l2: { flags: levelBits.if, activity: 0, position: 0, frames: 0 },
  entryInformation: 0,
  pending: 0,
  virr: 0,
  visr: 0,
  rvi: 0,
  pir: 0,
  on: false,
  recognized: false,
});

function copy(from: Scene, to: Scene): void {
  const { l1, l2, ...rest } = from;
  Object.assign(to, rest);
  Object.assign(to.l1, l1);
  Object.assign(to.l2, l2);
}

/** What L1 has written into the VMCS, as its instructions were executed: known without a look at it. */
export interface Written {
  controls: number;
  /** VM-entry interruption information, error code and instruction length. */
  information: number;
  error: number;
  length: number;
  idt: number;
}

const { valid, typeMask, typeShift, vectorMask } = interruptionInformation;

/** The type of an event in an interruption information; -1 if that is not valid. */
export const typeOf = (information: number): number =>
  information >>> 31 === 0 ? -1 : (information & typeMask) >>> typeShift;

/** What a law looks at: the implementation's own words, now and after the event before. */
export class Sighted {
  readonly config: NestedVmxConfiguration;
  readonly now: Scene = atReset();
  readonly before: Scene = atReset();
  readonly written: Written;
  private readonly shows: ReadonlySet<string>;
  private seen: Seen | undefined;

  constructor(config: NestedVmxConfiguration, needs: readonly string[]) {
    this.config = config;
    this.shows = new Set(needs.filter((section) => section !== 'virtualApic' || config.apicVirtualization !== 'none'));
    const controls = presets[config.preset].reduce((mask, name) => mask | controlBit(name), 0);
    this.written = { controls, information: 0, error: 0, length: 0, idt: vmcsBits.idt };
  }

  look(seen: Seen): void {
    this.seen = seen;
    const { now, shows } = this;
    if (shows.has('apic')) {
      now.irr = seen.get('apic', 0, 'irr');
      now.isr = seen.get('apic', 0, 'isr');
      now.tpr = seen.get('apic', 0, 'tpr');
      now.ppr = seen.get('apic', 0, 'ppr');
    }
    if (shows.has('levels')) {
      for (const index of [0, 1] as const) {
        const level = index === 0 ? now.l1 : now.l2;
        level.flags = seen.get('levels', index, 'flags');
        level.activity = seen.get('levels', index, 'activity');
        level.position = seen.get('levels', index, 'position');
        level.frames = seen.get('levels', index, 'frames');
      }
    }
    if (shows.has('vmcs')) now.entryInformation = seen.get('vmcs', 0, 'entryInformation');
    if (shows.has('pending')) now.pending = seen.get('pending', 0, 'flags');
    if (shows.has('virtualApic')) {
      now.virr = seen.get('virtualApic', 0, 'irr');
      now.visr = seen.get('virtualApic', 0, 'isr');
      now.rvi = seen.get('virtualApic', 0, 'status') & 0xff;
      now.pir = seen.get('virtualApic', 0, 'pir');
      now.on = (seen.get('virtualApic', 0, 'flags') & 1) !== 0;
      now.recognized = (seen.get('virtualApic', 0, 'flags') & 2) !== 0;
    }
  }

  /** What is now is what was before the next event. */
  keep(event: NestedVmxEvent): void {
    copy(this.now, this.before);
    this.follow(event);
  }

  /** What L1's instruction has written, if it was executed: a delivery to L1 takes its place. */
  private follow(event: NestedVmxEvent): void {
    const { written } = this;
    if (this.delivery('level') === 1) return;
    if (this.exit('kind') === 1) written.information = (written.information & ~valid) >>> 0;
    switch (event.kind) {
      case 'l1Control': {
        const bit = controlBit(event.control);
        written.controls = event.on ? written.controls | bit : written.controls & ~bit;
        break;
      }
      case 'l1Inject': {
        const { information, error, length } = injections[event.event];
        written.information = event.event === 'none' ? 0 : (valid | information) >>> 0;
        written.error = error;
        written.length = length;
        break;
      }
      case 'l1Idt':
        written.idt = event.present ? vmcsBits.idt : 0;
        break;
      default:
    }
  }

  word(section: string, field: string): number {
    if (this.seen === undefined) throw new Error('nothing has been observed yet');
    return this.seen.get(section, 0, field);
  }

  delivery(field: 'level' | 'information' | 'error' | 'position' | 'length' | 'interrupts'): number {
    return this.word('delivery', field);
  }

  exit(field: string): number {
    return this.word('exit', field);
  }

  entry(field: 'outcome' | 'error'): number {
    return this.word('entry', field);
  }

  effects(field: 'acknowledged' | 'broadcast' | 'processed'): number {
    return this.word('effects', field);
  }

  /** Whether L1 has set a control. */
  has(control: ControlName): boolean {
    return (this.written.controls & controlBit(control)) !== 0;
  }

  /** The event that reached L2 in this event: its handler, or an exit in the middle of the way there. */
  get reachedL2(): number {
    if (this.delivery('level') === 2) return this.delivery('information');
    return this.exit('kind') === 1 ? this.exit('vectoring') : 0;
  }

  /**
   * The vector that L1's CPU took in this event from its local APIC or the 8259, -1 for none: delivered to L1, or to L2
   * without exiting, or acknowledged by an exit.
   */
  taken(event: NestedVmxEvent): number {
    const { externalInterrupt } = eventTypes;
    if (this.delivery('level') === 1) {
      const information = this.delivery('information');
      return typeOf(information) === externalInterrupt ? information & vectorMask : -1;
    }
    if (this.exit('kind') === 1 && this.exit('reason') === exitReasons.externalInterrupt) {
      const information = this.exit('information');
      return typeOf(information) === externalInterrupt ? information & vectorMask : -1;
    }
    // What else is of type 0 in L2 is injected or virtual.
    if (event.kind === 'l1Enter' || this.has('externalInterruptExiting')) return -1;
    const information = this.reachedL2;
    return typeOf(information) === externalInterrupt ? information & vectorMask : -1;
  }
}

const placeOf = new Map<number, number>(vectors.map((vector, place) => [vector, place]));

/** The set of one vector; empty for a vector that is not one of the local APIC. */
export const setOf = (vector: number): number => {
  const place = placeOf.get(vector);
  return place === undefined ? 0 : 1 << place;
};

/** The highest vector of a set, 0 if it is empty. */
export const highest = (set: number): number => (set === 0 ? 0 : vectors[31 - Math.clz32(set)]!);

/** Class of a vector or a priority. */
export const classOf = (priority: number): number => priority >> 4;

/** A vector in words. */
export const byte = (value: number): string => `0x${value.toString(16).padStart(2, '0')}`;

/** A set in words. */
export const named = (set: number): string =>
  vectors
    .filter((vector) => (set & setOf(vector)) !== 0)
    .map(byte)
    .join(', ');
