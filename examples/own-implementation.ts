/**
 * An implementation of one's own, checked by
 *
 *     npx virq check vgic --impl ./examples/own-implementation.ts
 *
 * It is the hardware tier of the virtual GIC alone (profile `arch`): a physical distributor with three interrupts, list
 * registers (GICH_LR words), the guest's CPU interface. Events that mean nothing in the current state never get here.
 */
import type {
  EventOf,
  Implementation,
  ImplementationModule,
  ObservationData,
  RecordOf,
  vgic,
} from 'virq-conformance/spec';

type Event = EventOf<typeof vgic.alphabet>;
type Configuration = RecordOf<typeof vgic.configuration>;

const nothing = 1023;
const pending = 1;
const active = 2;

/** The fields of a list register. */
const stateOf = (lr: number): number => (lr >>> 28) & 3;
const vIntIdOf = (lr: number): number => lr & 0x3ff;
const isHw = (lr: number): boolean => lr >>> 31 === 1;
const groupOf = (lr: number): number => (lr >>> 30) & 1;
const priorityOf = (lr: number): number => ((lr >>> 23) & 31) << 3;
const asksForEoi = (lr: number): boolean => !isHw(lr) && ((lr >>> 19) & 1) === 1;

interface Physical {
  readonly id: number;
  readonly edge: boolean;
  line: boolean;
  latch: boolean;
  active: boolean;
  enabled: boolean;
}

const isPending = ({ edge, line, latch }: Physical): boolean => latch || (!edge && line);

class PlainGic implements Implementation<Configuration, Event> {
  physical: Physical[] = [];
  /** The interrupt that the host has acknowledged, until it drops the priority. */
  inHost: number | undefined;
  lrs: number[] = [];
  hcr = 1;
  eoiCount = 0;
  /** EnableGrp0, EnableGrp1, AckCtl, FIQEn, CBPR from bit 0. */
  ctlr = 1;
  eoiMode = 0;
  bpr = 2;
  pmr = 0xf8;
  apr = 0;
  /** What the guest has acknowledged and not yet completed, newest last. */
  acknowledged: { id: number; dropped: boolean }[] = [];

  reset({ nrLr, eoiMode, groups }: Configuration): void {
    const atRest = { line: false, latch: false, active: false, enabled: true };
    this.physical = [27, 40, 41].map((id) => ({ id, edge: id === 41, ...atRest }));
    const ctlr = groups === 'both' ? 0b111 : 0b001;
    const lrs = Array.from({ length: nrLr }, () => 0);
    const registers = { hcr: 1, eoiCount: 0, ctlr, eoiMode, bpr: 2, pmr: 0xf8, apr: 0, lrs };
    Object.assign(this, { ...registers, inHost: undefined, acknowledged: [] });
  }

  step(event: Event): ObservationData {
    const read = this.reads[event.kind];
    const write = this.writes[event.kind] as ((event: Event) => unknown) | undefined;
    if (!read && !write) throw new Error(`the architecture alone has no event '${event.kind}'`);
    const value = read?.() ?? 0;
    write?.(event);
    return { reply: [{ value, resampled: 0 }], ...this.show() };
  }

  /** Events that read a register. */
  readonly reads: { readonly [K in Event['kind']]?: () => number } = {
    hostAck: () => this.hostAcknowledge(),
    iar: () => this.acknowledge(false),
    aiar: () => this.acknowledge(true),
    hppir: () => this.identity(this.best()),
    rpr: () => this.runningPriority(),
  };

  /** All other events. */
  readonly writes: { readonly [K in Event['kind']]?: (event: Extract<Event, { kind: K }>) => unknown } = {
    // Devices, and the host's side of the physical interrupts.
    raise: () => (this.interrupt(40).line = true),
    lower: () => (this.interrupt(40).line = false),
    raiseTimer: ({ high }) => (this.interrupt(27).line = high),
    pulse: () => (this.interrupt(41).latch = true),
    hostEoi: () => (this.inHost = undefined),
    hostDir: ({ pIntId }) => (this.interrupt(pIntId).active = false),
    physicalEnable: ({ pIntId, on }) => (this.interrupt(pIntId).enabled = on),
    physicalPending: ({ pIntId, on }) => (this.interrupt(pIntId).latch = on),
    physicalActive: ({ pIntId, on }) => (this.interrupt(pIntId).active = on),
    // What a hypervisor would write.
    writeLr: (event) => this.writeLr(event, (Number(event.eoi) << 19) | (event.group << 30)),
    writeSgiLr: (event) => this.writeLr(event, (Number(event.eoi) << 19) | (event.source << 10)),
    writeHwLr: (event) => this.writeLr(event, (1 << 31) | (event.pIntId << 10) | (event.group << 30)),
    writeHcr: ({ value }) => Object.assign(this, { hcr: value, eoiCount: 0 }),
    // The guest.
    eoir: () => this.endOfInterrupt(),
    dir: ({ intid }) => this.deactivateLater(intid),
    pmr: ({ mask }) => (this.pmr = mask & 0xf8),
    ctlr: ({ value }) => (this.ctlr = value),
    eoiMode: ({ mode }) => (this.eoiMode = mode),
    bpr: ({ value }) => (this.bpr = Math.max(value, 2)),
    eoirSpurious: () => {},
  };

  interrupt = (id: number): Physical => this.physical.find((one) => one.id === id)!;

  /** An active interrupt is never signalled; while the host is in one, no other of the same priority is. */
  signalledToHost(): number {
    if (this.inHost !== undefined) return nothing;
    return this.physical.find((one) => one.enabled && !one.active && isPending(one))?.id ?? nothing;
  }

  hostAcknowledge(): number {
    const id = this.signalledToHost();
    if (id === nothing) return nothing;
    Object.assign(this.interrupt(id), { latch: false, active: true });
    this.inHost = id;
    return id;
  }

  writeLr(event: { lr: number; state: string; intid: number; priority: number }, rest: number): void {
    const state = ['invalid', 'pending', 'active', 'pending+active'].indexOf(event.state);
    this.lrs[event.lr] = (rest | (state << 28) | ((event.priority >> 3) << 23) | event.intid) >>> 0;
  }

  /** Number of the pending list register of the highest priority in an enabled group; the lowest among equals. */
  best(): number | undefined {
    const candidates = [...this.lrs.keys()].filter((n) => {
      const lr = this.lrs[n]!;
      return stateOf(lr) === pending && ((this.ctlr >> groupOf(lr)) & 1) === 1;
    });
    return candidates.toSorted((a, b) => priorityOf(this.lrs[a]!) - priorityOf(this.lrs[b]!))[0];
  }

  /** ABPR is always one more than BPR, so that both groups split alike. */
  groupPriority = (lr: number): number => priorityOf(lr) & (0xff << (this.bpr + 1));

  runningPriority = (): number => (this.apr === 0 ? 0xff : (31 - Math.clz32(this.apr & -this.apr)) << 3);

  /** Number of the best list register, if the guest is to take it now. */
  signalled(): number | undefined {
    const best = this.best();
    if ((this.hcr & 1) === 0 || best === undefined || priorityOf(this.lrs[best]!) >= this.pmr) return undefined;
    return this.groupPriority(this.lrs[best]!) < this.runningPriority() ? best : undefined;
  }

  /** What a read says of a list register: with AckCtl 0, only that it is of group 1; with HW=0, the requesting CPU too. */
  identity(n: number | undefined): number {
    if (n === undefined) return nothing;
    const lr = this.lrs[n]!;
    if (groupOf(lr) === 1 && (this.ctlr & 0b100) === 0) return 1022;
    return isHw(lr) ? vIntIdOf(lr) : lr & 0x1fff;
  }

  /** GICV_AIAR serves group 1 only, whatever AckCtl says. */
  acknowledge(alias: boolean): number {
    const n = this.signalled();
    if (n === undefined || (alias && groupOf(this.lrs[n]!) === 0)) return nothing;
    const lr = this.lrs[n]!;
    const identity = alias ? vIntIdOf(lr) : this.identity(n);
    if (identity === 1022) return identity;
    this.lrs[n] = (lr & ~(pending << 28)) | (active << 28);
    this.apr |= 1 << (this.groupPriority(lr) >> 3);
    this.acknowledged.push({ id: vIntIdOf(lr), dropped: false });
    return identity;
  }

  /** Priority drop; with EOImode 0, deactivation too. */
  endOfInterrupt(): void {
    const drops = this.apr !== 0;
    this.apr &= this.apr - 1;
    const entry = this.acknowledged.findLast(({ dropped }) => !dropped)!;
    entry.dropped = true;
    if (this.eoiMode === 1) return;
    this.acknowledged.splice(this.acknowledged.indexOf(entry), 1);
    this.deactivate(entry.id, drops);
  }

  /** With EOImode 1, deactivation is a write of its own. */
  deactivateLater(intid: number): void {
    this.acknowledged.splice(
      this.acknowledged.findIndex(({ id, dropped }) => dropped && id === intid),
      1,
    );
    this.deactivate(intid, true);
  }

  /** With HW=1 the physical interrupt is deactivated too; a completion that no list register knows is counted. */
  deactivate(id: number, counts: boolean): void {
    const n = this.lrs.findIndex((lr) => vIntIdOf(lr) === id && stateOf(lr) & active);
    const lr = this.lrs[n];
    if (lr === undefined) this.eoiCount = (this.eoiCount + Number(counts)) & 31;
    else this.lrs[n] = lr & ~(active << 28);
    if (lr !== undefined && isHw(lr)) this.interrupt((lr >>> 10) & 0x3ff).active = false;
  }

  show(): ObservationData {
    const { lrs, hcr, eoiCount, ctlr, eoiMode, bpr, pmr, apr, physical } = this;
    const eisr = bitsWhere(lrs, (lr) => stateOf(lr) === 0 && asksForEoi(lr));
    const elrsr = bitsWhere(lrs, (lr) => stateOf(lr) === 0 && !asksForEoi(lr));
    const misr =
      Number(eisr !== 0) |
      (lrs.filter((lr) => stateOf(lr) !== 0).length <= 1 ? hcr & 0x02 : 0) |
      (eoiCount > 0 ? hcr & 0x04 : 0) |
      (lrs.every((lr) => stateOf(lr) !== pending) ? hcr & 0x08 : 0) |
      (hcr & (ctlr & 1 ? 0x10 : 0x20)) |
      (hcr & (ctlr & 2 ? 0x40 : 0x80));
    const signalled = this.signalled();
    const asFiq = signalled !== undefined && groupOf(lrs[signalled]!) === 0 && (ctlr & 0b1000) !== 0;
    const lines = (signalled === undefined ? 0 : asFiq ? 2 : 1) | ((hcr & 1) === 1 && misr !== 0 ? 4 : 0);
    const vmcr = ctlr | (eoiMode << 9) | ((bpr + 1) << 18) | (bpr << 21) | (pmr << 24);
    const words = { hcr: hcr | (eoiCount << 27), vmcr, apr, eisr, elrsr, misr, lines };
    return {
      listRegister: lrs.map((low) => ({ low: low >>> 0, high: 0 })),
      interface: [Object.fromEntries(Object.entries(words).map(([name, word]) => [name, word >>> 0]))],
      physical: [
        {
          pending: bitsWhere(physical, isPending),
          active: bitsWhere(physical, (one) => one.active),
          masked: bitsWhere(physical, (one) => !one.enabled),
          signalled: this.signalledToHost(),
        },
      ],
    };
  }
}

const bitsWhere = <T>(items: readonly T[], holds: (item: T) => boolean): number =>
  items.reduce((word, item, bit) => (holds(item) ? word | (1 << bit) : word), 0);

export default {
  name: 'plain-gic',
  systems: {
    vgic: {
      shows: ['reply', 'listRegister', 'interface', 'physical'],
      profiles: ['arch'],
      supports: { encoding: ['gicv2'], tieBreak: ['lowestLr'], disabledGroup: ['ignored'] },
    },
  },
  create: () => new PlainGic(),
} satisfies ImplementationModule;
