import { vmOf, type VgicConfiguration } from '../../../spec/vgic/configuration.ts';
import { booted, virtualInterrupts } from '../../../spec/vgic/universe.ts';

/** Number of virtual interrupts; interrupt i is the i-th of the universe. */
export const interrupts = virtualInterrupts.length;

const indexOf = (intid: number): number => virtualInterrupts.findIndex((interrupt) => interrupt.intid === intid);

/** Place of each INTID in the universe, -1 where it has none. */
export const placeOf = Int8Array.from({ length: 36 }, (_, intid) => indexOf(intid));

/** The first interrupt that is an SPI; those before it are banked per virtual CPU. */
export const firstSpi = virtualInterrupts.findIndex(({ type }) => type === 'spi');

/** Places of the timer, of the software level SPI, and of the two SPIs that are mapped at reset. */
export const [timerPpi, softPpi, softLevel, softEdge, mappedLevel, mappedEdge] = [27, 30, 32, 33, 34, 35].map(
  indexOf,
) as [number, number, number, number, number, number];

/** Pending and active as bits of what the guess thinks a list register holds. */
export const P = 1;
/** See {@link P}. */
export const A = 2;

const rows = 5;
const stackSize = 24;
/** Idle running priority. */
const idle = 0xff;

/**
 * What the guide believes about the machine: a flat, mutable sketch that leaves out what does not make sequences go
 * deeper. Banked state stands in row v of virtual CPU v, state of SPIs in row 3 + VM.
 */
export class Guess {
  arch = false;
  both = false;
  /** The interrupts that a sequence is mostly about, by place: few, so that their events meet. */
  focus = 0;
  vcpus = 1;
  pcpus = 1;
  vms = 1;
  nrLr = 4;
  readonly vm = new Uint8Array(3);

  /** Physical CPU of each virtual CPU, -1 while it is not loaded; and the reverse. */
  readonly loadedOn = new Int8Array(3);
  readonly tenant = new Int8Array(2);
  readonly running = new Uint8Array(3);

  readonly enabled = new Uint8Array(rows * interrupts);
  readonly latch = new Uint8Array(rows * interrupts);
  readonly line = new Uint8Array(rows * interrupts);
  readonly level = new Uint8Array(rows * interrupts);
  readonly group = new Uint8Array(rows * interrupts);
  readonly priority = new Uint8Array(rows * interrupts);
  readonly mapped = new Uint8Array(rows * interrupts);
  /** Target of each SPI. */
  readonly target = new Uint8Array(rows * interrupts);
  readonly distributorOn = new Uint8Array(2);

  /** Software active state, and state in a list register, per virtual CPU and interrupt. */
  readonly active = new Uint8Array(3 * interrupts);
  readonly held = new Uint8Array(3 * interrupts);
  /** Interrupt in each list register of the one interface of profile `arch`, -1 for none. */
  readonly inLr = new Int8Array(16);
  /** Place of the physical interrupt that an interrupt with HW=1 names. */
  readonly backing = new Int8Array(interrupts);

  readonly stack = new Int8Array(3 * stackSize);
  readonly dropped = new Uint8Array(3 * stackSize);
  readonly depth = new Uint8Array(3);
  readonly pmr = new Uint8Array(3);
  readonly ctlr = new Uint8Array(3);
  readonly eoiMode = new Uint8Array(3);

  /** Deadline of each timer: 0 now, 1 never, 2 later. */
  readonly deadline = new Uint8Array(3);
  readonly masked = new Uint8Array(3);
  /** Active state of physical 27 per physical CPU, and of 40 and 41. */
  readonly timerActive = new Uint8Array(2);
  readonly physicalActive = new Uint8Array(interrupts);
  readonly physicalLatch = new Uint8Array(interrupts);
  p40 = 0;
  /** Profile `arch`: the level of the timer's line, and the interrupt that the host has acknowledged and not dropped. */
  timerLine = 0;
  hostAcked = -1;

  reset(config: VgicConfiguration): void {
    this.arch = config.profile === 'arch';
    this.both = config.groups === 'both';
    this.vcpus = config.vcpus;
    this.pcpus = config.pcpus;
    this.vms = config.vms;
    this.nrLr = config.nrLr;
    for (const zero of [this.running, this.latch, this.line, this.group, this.mapped, this.active, this.held]) {
      zero.fill(0);
    }
    for (const zero of [this.depth, this.dropped, this.timerActive, this.physicalActive, this.physicalLatch])
      zero.fill(0);
    this.p40 = this.timerLine = 0;
    this.hostAcked = -1;
    this.tenant.fill(-1);
    this.loadedOn.fill(-1);
    this.inLr.fill(-1);
    for (let i = 0; i < interrupts; i++) this.backing[i] = i;
    this.enabled.fill(1);
    this.priority.fill(booted.priority);
    this.pmr.fill(booted.priorityMask);
    this.ctlr.fill(this.both ? 0x07 : 0x01);
    this.eoiMode.fill(config.eoiMode);
    this.distributorOn.fill(1);
    this.deadline.fill(1);
    this.masked.fill(0);
    for (let v = 0; v < this.vcpus; v++) {
      this.vm[v] = vmOf(config, v);
      if (v < this.pcpus) {
        this.loadedOn[v] = v;
        this.tenant[v] = v;
      }
    }
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < interrupts; i++) {
        const slot = row * interrupts + i;
        this.level[slot] = virtualInterrupts[i].trigger === 'level' ? 1 : 0;
        this.mapped[slot] = virtualInterrupts[i].pIntId !== undefined && row !== 4 ? 1 : 0;
        this.target[slot] = row === 4 ? this.vcpus - 1 : 0;
      }
    }
    if (this.arch) this.running[0] = 1;
  }

  /** Where the state of interrupt `i` stands for virtual CPU `v`. */
  slot(v: number, i: number): number {
    return (i >= firstSpi ? 3 + this.vm[v] : v) * interrupts + i;
  }

  /** Whether `v` would be offered `i` at its next entry. */
  deliverable(v: number, i: number): boolean {
    const slot = this.slot(v, i);
    if (this.active[v * interrupts + i]) return true;
    if (!this.enabled[slot] || !this.distributorOn[this.vm[v]]) return false;
    if (i >= firstSpi && this.target[slot] !== v) return false;
    return this.latch[slot] === 1 || (this.level[slot] === 1 && this.line[slot] === 1);
  }

  /** Whether `v` would be offered anything. */
  waits(v: number): boolean {
    for (let i = 0; i < interrupts; i++) if (this.deliverable(v, i)) return true;
    return false;
  }

  /** How many level-sensitive lines are high in software. */
  lines(): number {
    let count = 0;
    for (let slot = 0; slot < this.line.length; slot++) count += this.line[slot];
    return count;
  }

  /** Whether any interrupt is of group 1. */
  hasGroup1(): boolean {
    return this.group.includes(1);
  }

  /** Whether a mapping of VM 0 has been dropped. */
  unmapped(): boolean {
    return !this.mapped[3 * interrupts + mappedLevel] || !this.mapped[3 * interrupts + mappedEdge];
  }

  /** Running priority of `v`, from what it acknowledged. */
  runningPriority(v: number): number {
    let best = idle;
    for (let n = 0; n < this.depth[v]; n++) {
      const at = v * stackSize + n;
      if (this.dropped[at]) continue;
      const priority = this.priority[this.slot(v, this.stack[at])];
      if (priority < best) best = priority;
    }
    return best;
  }

  /** The interrupt that IAR (group 0, and 1 with AckCtl) or AIAR (group 1) would return to `v`, or -1. */
  signalled(v: number, aliased: boolean): number {
    let found = -1;
    let best = Math.min(this.pmr[v], this.runningPriority(v));
    for (let i = 0; i < interrupts; i++) {
      if (this.held[v * interrupts + i] !== P) continue;
      const slot = this.slot(v, i);
      const group = this.group[slot];
      if (!((this.ctlr[v] >> group) & 1) || this.priority[slot] >= best) continue;
      best = this.priority[slot];
      found = aliased === (group === 1) || (!aliased && (this.ctlr[v] & 4) !== 0) ? i : -1;
    }
    return found;
  }

  push(v: number, i: number): void {
    if (this.depth[v] >= stackSize) return;
    const at = v * stackSize + this.depth[v]++;
    this.stack[at] = i;
    this.dropped[at] = 0;
  }

  /** Place in the stack of the newest entry that is not dropped, or -1. */
  newest(v: number): number {
    for (let n = this.depth[v] - 1; n >= 0; n--) if (!this.dropped[v * stackSize + n]) return v * stackSize + n;
    return -1;
  }

  /** Place in the stack of the oldest dropped entry, of interrupt `i` if that is not -1; or -1. */
  oldestDropped(v: number, i: number): number {
    for (let n = 0; n < this.depth[v]; n++) {
      const at = v * stackSize + n;
      if (this.dropped[at] && (i < 0 || this.stack[at] === i)) return at;
    }
    return -1;
  }

  remove(v: number, at: number): void {
    const end = v * stackSize + this.depth[v];
    this.stack.copyWithin(at, at + 1, end);
    this.dropped.copyWithin(at, at + 1, end);
    this.depth[v]--;
  }

  /** Level of the device behind a mapped interrupt. */
  device(v: number, i: number): boolean {
    if (i === mappedLevel) return this.p40 === 1;
    return this.deadline[v] === 0 && !this.masked[v];
  }

  /** The physical interrupt signalled to `p`, as the place of the virtual interrupt behind it, or -1. */
  signalledTo(p: number): number {
    if (this.hostAcked >= 0) return -1;
    const tenant = this.tenant[p];
    const timer = this.arch ? this.timerLine === 1 : tenant >= 0 && this.device(tenant, timerPpi);
    if (timer && !this.timerActive[p]) return timerPpi;
    if (p !== 0) return -1;
    if ((this.p40 || this.physicalLatch[mappedLevel]) && !this.physicalActive[mappedLevel]) return mappedLevel;
    if (this.physicalLatch[mappedEdge] && !this.physicalActive[mappedEdge]) return mappedEdge;
    return -1;
  }

  setPhysicalActive(v: number, i: number, on: boolean): void {
    if (i !== timerPpi) this.physicalActive[i] = on ? 1 : 0;
    else if (this.arch) this.timerActive[0] = on ? 1 : 0;
    else if (this.loadedOn[v] >= 0) this.timerActive[this.loadedOn[v]] = on ? 1 : 0;
  }
}
