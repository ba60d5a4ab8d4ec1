import type { VgicEvent } from '../../../spec/vgic/alphabet.ts';
import { vmOf, type VgicConfiguration } from '../../../spec/vgic/configuration.ts';
import { booted, virtualInterrupts } from '../../../spec/vgic/universe.ts';

/** A level-sensitive wire as the alphabet names it. */
type Wire = Extract<VgicEvent, { readonly kind: 'raise' }>['wire'];

/**
 * What the environment has set: the level of every device, and what the guest wrote to its distributor. Follows from the
 * events alone.
 */
export class Inputs {
  private readonly config: VgicConfiguration;
  private readonly high = new Set<Wire>();
  private readonly timers: { deadline: 'now' | 'never' | 'later'; masked: boolean }[];
  private readonly priorities = new Map<number, number>();
  private readonly groups = new Map<number, number>();
  private readonly targets = new Map<number, number>();
  private readonly edge = new Map<number, boolean>();
  private readonly unmapped = new Set<number>();
  private readonly off = new Set<number>();

  constructor(config: VgicConfiguration) {
    this.config = config;
    this.timers = Array.from({ length: config.vcpus }, () => ({ deadline: 'never', masked: false }));
  }

  follow(event: VgicEvent): void {
    switch (event.kind) {
      case 'raise':
        this.high.add(event.wire);
        return;
      case 'lower':
        this.high.delete(event.wire);
        return;
      case 'tick':
        for (const timer of this.timers) if (timer.deadline === 'later') timer.deadline = 'now';
        return;
      case 'programTimer':
        this.timers[event.vcpu] = { deadline: event.deadline, masked: event.masked };
        return;
      case 'resetVcpu':
        this.timers[event.vcpu] = { deadline: 'never', masked: false };
        return;
      case 'setPriority':
        this.priorities.set(this.key(event.vcpu, event.intid), event.priority & 0xf8);
        return;
      case 'setGroup':
        this.groups.set(this.key(event.vcpu, event.intid), event.group);
        return;
      case 'setTrigger':
        this.edge.set(this.key(event.vcpu, event.intid), event.trigger === 'edge');
        return;
      case 'setTargets':
        this.targets.set(this.key(event.vcpu, event.intid), this.lowestOf(event.vcpu, event.cpus));
        return;
      case 'switchDistributor':
        if (event.on) this.off.delete(vmOf(this.config, event.vcpu));
        else this.off.add(vmOf(this.config, event.vcpu));
        return;
      case 'mapPhysical':
        this.unmapped.delete(event.intid);
        return;
      case 'unmapPhysical':
        this.unmapped.add(event.intid);
        return;
      default:
    }
  }

  priority(v: number, intid: number): number {
    return this.priorities.get(this.key(v, intid)) ?? booted.priority;
  }

  group(v: number, intid: number): number {
    return this.groups.get(this.key(v, intid)) ?? 0;
  }

  isEdge(v: number, intid: number): boolean {
    return this.edge.get(this.key(v, intid)) ?? virtualInterrupts.find((it) => it.intid === intid)?.trigger === 'edge';
  }

  /** The virtual CPU that an interrupt of `v` is for: itself, unless it is an SPI. */
  target(v: number, intid: number): number {
    if (intid < 32) return v;
    return this.targets.get(this.key(v, intid)) ?? this.firstOf(v);
  }

  isMapped(v: number, intid: number): boolean {
    if (intid === 27) return true;
    return (intid === 34 || intid === 35) && vmOf(this.config, v) === 0 && !this.unmapped.has(intid);
  }

  distributorOn(v: number): boolean {
    return !this.off.has(vmOf(this.config, v));
  }

  timerFires(v: number): boolean {
    return this.timers[v].deadline === 'now' && !this.timers[v].masked;
  }

  /** Level of the device behind a level-sensitive interrupt of `v`, whether or not the hypervisor was told. */
  level(v: number, intid: number): boolean {
    const vm = vmOf(this.config, v);
    switch (intid) {
      case 27:
        return this.timerFires(v);
      case 30:
        return this.high.has(v === 0 ? 'ppi30.cpu0' : v === 1 ? 'ppi30.cpu1' : 'ppi30.cpu2');
      case 32:
        return this.high.has(vm === 0 ? 'spi32.vm0' : 'spi32.vm1');
      case 34:
        return vm === 0 && this.high.has('p40');
      default:
        return false;
    }
  }

  /** One number per interrupt that exists: SPIs are those of the VM. */
  key(v: number, intid: number): number {
    return (intid < 32 ? v : 8 + vmOf(this.config, v)) * 64 + intid;
  }

  /** The virtual CPU that stands for all that share an interrupt: the first of the VM for an SPI, else `v` itself. */
  owner(v: number, intid: number): number {
    return intid < 32 ? v : this.firstOf(v);
  }

  private firstOf(v: number): number {
    return vmOf(this.config, v) === 1 ? this.config.vcpus - 1 : 0;
  }

  private lowestOf(v: number, cpus: number): number {
    const first = this.firstOf(v);
    for (let w = first; w < this.config.vcpus && vmOf(this.config, w) === vmOf(this.config, v); w++) {
      if ((cpus >> (w - first)) & 1) return w;
    }
    return first;
  }
}
