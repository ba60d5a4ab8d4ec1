import type { VgicEvent } from '../../../spec/vgic/alphabet.ts';
import { vmOf, type VgicConfiguration } from '../../../spec/vgic/configuration.ts';
import { virtualInterrupts } from '../../../spec/vgic/universe.ts';

/** The kinds of events by which a virtual CPU traps: it exits first if it runs. */
const traps: ReadonlySet<VgicEvent['kind']> = new Set([
  'enable',
  'disable',
  'setPending',
  'clearPending',
  'setActive',
  'clearActive',
  'readPending',
  'readActive',
  'setPriority',
  'setTargets',
  'setTrigger',
  'setGroup',
  'switchDistributor',
  'sendSgi',
  'setSgiPending',
  'clearSgiPending',
]);

/** Events that need the active state of the whole VM: an SPI stops all its virtual CPUs. */
const stopsVm: ReadonlySet<VgicEvent['kind']> = new Set(['setActive', 'clearActive', 'readActive']);

const isSpi = (intid: number): boolean => virtualInterrupts.some((it) => it.intid === intid && it.type === 'spi');

/** Who is loaded where and who runs, as follows from the events that took place. */
export class Schedule {
  /** Physical CPU of each virtual CPU, -1 while it is not loaded. */
  readonly pcpu: Int8Array;
  readonly running: Uint8Array;
  /** Who ran before the last event. */
  readonly ran: Uint8Array;
  private readonly vm: readonly number[];
  private readonly arch: boolean;

  constructor(config: VgicConfiguration) {
    this.arch = config.profile === 'arch';
    this.pcpu = Int8Array.from({ length: config.vcpus }, (_, v) => (v < config.pcpus ? v : -1));
    this.running = new Uint8Array(config.vcpus);
    this.ran = new Uint8Array(config.vcpus);
    this.vm = Array.from({ length: config.vcpus }, (_, v) => vmOf(config, v));
    if (this.arch) this.running[0] = this.ran[0] = 1;
  }

  /** The virtual CPU that is loaded on a physical CPU, or -1. */
  tenant(p: number): number {
    return this.pcpu.indexOf(p);
  }

  /** The virtual CPU that runs on a physical CPU, or -1. */
  runner(p: number): number {
    const v = this.tenant(p);
    return v >= 0 && this.running[v] === 1 ? v : -1;
  }

  follow(event: VgicEvent): void {
    if (this.arch) return;
    this.ran.set(this.running);
    switch (event.kind) {
      case 'enter':
        this.running[event.vcpu] = 1;
        return;
      case 'exit':
        this.running[event.vcpu] = 0;
        return;
      case 'load':
        this.pcpu[event.vcpu] = event.pcpu;
        return;
      case 'put':
        this.pcpu[event.vcpu] = -1;
        return;
      case 'hostIrq': {
        const v = this.tenant(event.pcpu);
        if (v >= 0) this.running[v] = 0;
        return;
      }
      default:
        if (traps.has(event.kind) && 'vcpu' in event) this.trap(event);
    }
  }

  private trap(event: Extract<VgicEvent, { readonly vcpu: number }>): void {
    this.running[event.vcpu] = 0;
    if (!stopsVm.has(event.kind) || !('intid' in event) || !isSpi(event.intid)) return;
    for (let w = 0; w < this.running.length; w++) if (this.vm[w] === this.vm[event.vcpu]) this.running[w] = 0;
  }
}
