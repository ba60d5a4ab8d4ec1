import { describe, expect, it } from 'vitest';
import { pack } from '../spec/packing.ts';
import { alphabet, type VgicEvent } from '../spec/vgic/alphabet.ts';
import type { VgicConfiguration } from '../spec/vgic/configuration.ts';
import { observation } from '../spec/vgic/observation.ts';
import { virtualInterrupts } from '../spec/vgic/universe.ts';
import { OptimizedVgic } from '../src/optimized/vgic/index.ts';

const packing = pack<VgicEvent>(alphabet);

const booted: VgicConfiguration = {
  profile: 'kvm',
  encoding: 'gicv2',
  nrLr: 4,
  eoiMode: 0,
  groups: 'g0only',
  vcpus: 1,
  vms: 1,
  pcpus: 1,
  tieBreak: 'lowestLr',
  disabledGroup: 'ignored',
  hwDeactivation: true,
  distEnableRequeues: false,
};

type Layout = Readonly<Record<string, { count: (config: VgicConfiguration) => number; fields: object }>>;

/** A machine that is spoken to by events, and read by the names of the spec. */
class Bench {
  readonly vgic = new OptimizedVgic();
  readonly config: VgicConfiguration;

  constructor(config: Partial<VgicConfiguration> = {}) {
    this.config = { ...booted, ...config };
    this.vgic.reset(this.config);
  }

  /** Plays events none of which may be skipped, and gives the value that the last one returned. */
  play(...events: VgicEvent[]): number {
    for (const event of events) expect(this.vgic.step(packing.code(event)), JSON.stringify(event)).toBe(true);
    return this.read('reply', 'value');
  }

  skips(event: VgicEvent): boolean {
    return !this.vgic.step(packing.code(event));
  }

  /** The word of a field, found by walking the spec's layout. */
  read(section: string, field: string, index = 0): number {
    let at = 0;
    for (const [name, { count, fields }] of Object.entries(observation as Layout)) {
      const names = Object.keys(fields);
      if (name === section) return this.vgic.words[at + index * names.length + names.indexOf(field)];
      at += count(this.config) * names.length;
    }
    throw new RangeError(section);
  }

  lr(index: number): { intid: number; state: number; hw: boolean } {
    const word = this.read('listRegister', 'low', index);
    return { intid: word & 0x3ff, state: (word >>> 28) & 3, hw: word >>> 31 === 1 };
  }
}

const pending = 1;
const active = 2;
const p27 = 1;
const p40 = 2;
const bit = (intid: number): number => 1 << virtualInterrupts.findIndex((interrupt) => interrupt.intid === intid);

const enter = { kind: 'enter', vcpu: 0 } as const;
const exit = { kind: 'exit', vcpu: 0 } as const;
const iar = { kind: 'iar', vcpu: 0 } as const;
const eoir = { kind: 'eoir', vcpu: 0 } as const;
const hostIrq = { kind: 'hostIrq', pcpu: 0 } as const;
const raise = (wire: 'p40' | 'spi32.vm0' | 'ppi30.cpu0'): VgicEvent => ({ kind: 'raise', wire });
const lower = (wire: 'p40' | 'spi32.vm0' | 'ppi30.cpu0'): VgicEvent => ({ kind: 'lower', wire });
const edge: VgicEvent = { kind: 'pulse', wire: 'spi33.vm0' };
const timer = (deadline: 'now' | 'never' | 'later', vcpu: 0 | 1 = 0): VgicEvent => ({
  kind: 'programTimer',
  vcpu,
  deadline,
  masked: false,
});

describe('the words', () => {
  it.each([
    [{}, 2 + 8 + 7 + 4 + 3 + 4],
    [{ nrLr: 16, vcpus: 3, pcpus: 2 }, 2 + 64 + 14 + 8 + 9 + 12],
  ] as const)('are laid out as the spec declares: %o', (config, length) => {
    expect(new Bench(config).vgic.words).toHaveLength(length);
  });

  it('show a booted guest after reset', () => {
    const bench = new Bench({ eoiMode: 1, groups: 'both' });
    expect(bench.read('interface', 'vmcr')).toBe(0xf84c0207);
    expect(bench.read('interface', 'elrsr')).toBe(0xf);
    expect(bench.read('interface', 'hcr')).toBe(0);
    expect(bench.read('distributor', 'enabled')).toBe(0x1ff);
    expect(bench.read('physical', 'signalled')).toBe(1023);
  });

  it('hold no reply after an event that is skipped', () => {
    const bench = new Bench();
    expect(bench.play(enter, iar)).toBe(1023);
    expect(bench.skips(enter)).toBe(true);
    expect(bench.read('reply', 'value')).toBe(0);
  });
});

describe('hardware-mapped interrupts', () => {
  it('are never pending and active at once', () => {
    const bench = new Bench();
    bench.play(raise('p40'), hostIrq, enter, iar, exit, { kind: 'setPending', vcpu: 0, intid: 34 }, enter);
    expect(bench.lr(0)).toEqual({ intid: 34, state: active, hw: true });
  });

  it('keep the physical interrupt active from the host handler to the completion by the guest', () => {
    const bench = new Bench();
    bench.play(raise('p40'), hostIrq);
    expect(bench.read('physical', 'signalled')).toBe(1023);
    bench.play(enter);
    expect(bench.play(iar)).toBe(34);
    expect(bench.read('physical', 'active')).toBe(p40);
    bench.play(eoir);
    expect(bench.read('physical', 'active')).toBe(0);
    // The line is still high: the host takes a new one.
    expect(bench.play(hostIrq)).toBe(40);
  });

  it('are deactivated by DIR, not by EOIR, with EOImode 1', () => {
    const bench = new Bench({ eoiMode: 1 });
    bench.play(raise('p40'), hostIrq, enter, iar, lower('p40'), eoir);
    expect(bench.read('physical', 'active')).toBe(p40);
    bench.play({ kind: 'dir', vcpu: 0, intid: 34 });
    expect(bench.read('physical', 'active')).toBe(0);
  });

  it('let the host have the next one when the line fell before the acknowledge', () => {
    const bench = new Bench();
    bench.play(raise('p40'), hostIrq, enter, lower('p40'), exit);
    expect(bench.read('physical', 'active')).toBe(0);
    expect(bench.play(enter, iar)).toBe(1023);
    bench.play(raise('p40'));
    expect(bench.read('physical', 'signalled')).toBe(40);
  });

  it('are released by ICPENDR after ISPENDR', () => {
    const bench = new Bench();
    bench.play({ kind: 'setPending', vcpu: 0, intid: 34 });
    expect(bench.read('physical', 'active')).toBe(p40);
    bench.play({ kind: 'clearPending', vcpu: 0, intid: 34 });
    expect(bench.read('physical', 'active')).toBe(0);
  });

  it('are masked instead, and offered without HW, where there is no hardware deactivation', () => {
    const bench = new Bench({ hwDeactivation: false });
    bench.play(raise('p40'), hostIrq);
    expect([bench.read('physical', 'active'), bench.read('physical', 'masked')]).toEqual([0, p40]);
    bench.play(enter);
    expect(bench.lr(0)).toEqual({ intid: 34, state: pending, hw: false });
    bench.play(iar, lower('p40'), eoir, exit);
    expect(bench.read('physical', 'masked')).toBe(0);
  });

  it('of an edge are unmasked too, so that the next one is delivered', () => {
    const bench = new Bench({ hwDeactivation: false });
    const p41: VgicEvent = { kind: 'pulse', wire: 'p41' };
    bench.play(p41, hostIrq, enter, iar, eoir, exit, p41);
    expect(bench.play(hostIrq)).toBe(41);
    expect(bench.play(enter, iar)).toBe(35);
  });
});

describe('the timer that two guests share', () => {
  it('has its active state switched with the guest', () => {
    const bench = new Bench({ vcpus: 2, vms: 2 });
    bench.play(enter, timer('now'), hostIrq, enter, iar, exit, { kind: 'put', vcpu: 0 });
    expect(bench.read('physical', 'pending')).toBe(0);
    bench.play({ kind: 'load', vcpu: 1, pcpu: 0 });
    expect(bench.read('physical', 'active')).toBe(0);
    bench.play({ kind: 'enter', vcpu: 1 }, timer('now', 1));
    expect(bench.play(hostIrq)).toBe(27);
    expect(bench.read('software', 'line', 1)).toBe(bit(27));
    bench.play({ kind: 'put', vcpu: 1 }, { kind: 'load', vcpu: 0, pcpu: 0 });
    expect(bench.read('physical', 'active')).toBe(p27);
    bench.play(enter, timer('never'));
    bench.play(eoir);
    expect(bench.read('physical', 'active')).toBe(0);
  });
});

describe('software interrupts', () => {
  it('of a level that fell are not taken back from the list register', () => {
    const bench = new Bench();
    bench.play(raise('spi32.vm0'), enter, lower('spi32.vm0'), exit);
    expect(bench.read('distributor', 'pending')).toBe(0);
    expect(bench.play(enter, iar)).toBe(1023);
  });

  it('of a level report their completion', () => {
    const bench = new Bench();
    bench.play(raise('spi32.vm0'), enter, iar, eoir);
    expect(bench.read('interface', 'eisr')).toBe(1);
    expect(bench.read('interface', 'lines')).toBe(4);
    bench.play(exit);
    expect(bench.read('reply', 'resampled')).toBe(bit(32));
  });

  it('of an edge are delivered again when they come while active', () => {
    const bench = new Bench();
    expect(bench.play(edge, enter, iar)).toBe(33);
    expect(bench.play(edge, exit, enter, eoir, iar)).toBe(33);
    expect(bench.play(eoir, exit, enter, iar)).toBe(1023);
  });

  it('of an edge return to the latch when they were not acknowledged', () => {
    const bench = new Bench();
    bench.play(edge, enter);
    expect(bench.read('software', 'latch')).toBe(0);
    bench.play(exit);
    expect(bench.read('software', 'latch')).toBe(bit(33));
  });

  it('whose level is high survive ICPENDR', () => {
    const bench = new Bench();
    bench.play(raise('ppi30.cpu0'), { kind: 'clearPending', vcpu: 0, intid: 30 });
    expect(bench.play({ kind: 'readPending', vcpu: 0, intid: 30 })).toBe(1);
  });

  it('keep their trigger while their wire is high', () => {
    const bench = new Bench();
    const toEdge: VgicEvent = { kind: 'setTrigger', vcpu: 0, intid: 32, trigger: 'edge' };
    bench.play(toEdge, raise('spi32.vm0'), enter, iar, eoir, exit);
    expect(bench.read('distributor', 'pending')).toBe(0);
    expect(bench.skips(toEdge)).toBe(true);
    bench.play(lower('spi32.vm0'), toEdge);
  });

  it('that became pending while the distributor was off wait for the knob', () => {
    const off = { kind: 'switchDistributor', vcpu: 0, on: false } as const;
    const on = { kind: 'switchDistributor', vcpu: 0, on: true } as const;
    expect(new Bench().play(off, edge, on, enter, iar)).toBe(1023);
    expect(new Bench({ distEnableRequeues: true }).play(off, edge, on, enter, iar)).toBe(33);
  });
});

describe('SGIs', () => {
  const sgiFrom = (vcpu: 0 | 1 | 2): VgicEvent => ({ kind: 'sendSgi', vcpu, sgi: 1, filter: 0, cpus: 0x1 });

  it('from three sources are three interrupts, the lowest source first', () => {
    const bench = new Bench({ vcpus: 3, pcpus: 2 });
    bench.play({ kind: 'setSgiPending', vcpu: 0, sgi: 1, source: 2 }, sgiFrom(1), sgiFrom(0), enter);
    expect(bench.read('software', 'sources')).toBe(0b110_000);
    expect(bench.play(iar)).toBe(0x001);
    expect(bench.play(eoir, exit, enter, iar)).toBe(0x401);
    expect(bench.play(eoir, exit, enter, iar)).toBe(0x801);
    expect(bench.play(eoir, exit, enter, iar)).toBe(1023);
  });

  it('keep their source in the virtual INTID under GICv3', () => {
    const bench = new Bench({ encoding: 'gicv3', vcpus: 2, pcpus: 2 });
    bench.play(sgiFrom(1), enter);
    expect(bench.read('listRegister', 'low')).toBe(0x401);
    // Pending, group 0, HW 0, priority 0xA0.
    expect(bench.read('listRegister', 'high')).toBe(0x40a00000);
  });
});

describe('priority', () => {
  it('decides what finds a list register, and UIE asks for the rest', () => {
    const bench = new Bench({ nrLr: 1 });
    bench.play(raise('ppi30.cpu0'), edge, { kind: 'setPriority', vcpu: 0, intid: 33, priority: 0x40 }, enter);
    expect(bench.lr(0)).toEqual({ intid: 33, state: pending, hw: false });
    expect(bench.read('interface', 'hcr')).toBe(0b11);
    expect(bench.read('interface', 'misr')).toBe(0b10);
  });

  it('must be below the mask', () => {
    const bench = new Bench();
    bench.play(edge, enter, { kind: 'pmr', vcpu: 0, mask: 0xa0 });
    expect(bench.play(iar)).toBe(1023);
    bench.play({ kind: 'pmr', vcpu: 0, mask: 0xa8 });
    expect(bench.play(iar)).toBe(33);
  });

  it('nests, and each completion restores the one before', () => {
    const bench = new Bench();
    const rpr = { kind: 'rpr', vcpu: 0 } as const;
    bench.play({ kind: 'setPriority', vcpu: 0, intid: 30, priority: 0x40 }, edge, enter, iar, exit);
    expect(bench.play(raise('ppi30.cpu0'), enter, iar)).toBe(30);
    expect(bench.read('interface', 'apr')).toBe((1 << 8) | (1 << 20));
    expect(bench.play(rpr)).toBe(0x40);
    expect(bench.play(eoir, rpr)).toBe(0xa0);
    expect(bench.play(eoir, rpr)).toBe(0xff);
  });
});

describe('the architecture alone', () => {
  const writeLr = (lr: 0 | 1, state: 'pending' | 'invalid', eoi: boolean): VgicEvent => ({
    kind: 'writeLr',
    lr,
    state,
    intid: 32,
    priority: 0x40,
    eoi,
    group: 0,
  });

  it('counts a completion that no list register holds', () => {
    const bench = new Bench({ profile: 'arch' });
    bench.play(
      { kind: 'writeHcr', value: 0x05 },
      writeLr(0, 'pending', false),
      iar,
      writeLr(0, 'invalid', false),
      eoir,
    );
    expect(bench.read('interface', 'hcr')).toBe(0x08000005);
    expect(bench.read('interface', 'misr')).toBe(0b100);
  });

  it('shows a list register that awaits its EOI in EISR, not in ELRSR', () => {
    const bench = new Bench({ profile: 'arch', nrLr: 2 });
    bench.play(writeLr(1, 'pending', true), iar, eoir);
    expect([bench.read('interface', 'eisr'), bench.read('interface', 'elrsr')]).toEqual([0b10, 0b01]);
    expect(bench.read('interface', 'lines')).toBe(4);
  });

  it('holds off equal priorities until the host drops', () => {
    const bench = new Bench({ profile: 'arch' });
    bench.play(raise('p40'), { kind: 'raiseTimer', high: true });
    expect(bench.play({ kind: 'hostAck' })).toBe(27);
    expect(bench.play({ kind: 'hostAck' })).toBe(1023);
    bench.play({ kind: 'hostEoi' });
    expect(bench.read('physical', 'signalled')).toBe(40);
  });

  it('has no distributor, no hypervisor, no software devices', () => {
    const bench = new Bench({ profile: 'arch' });
    for (const event of [exit, edge, raise('spi32.vm0'), timer('now'), { kind: 'tick' } as const]) {
      expect(bench.skips(event)).toBe(true);
    }
    expect(bench.read('distributor', 'enabled')).toBe(0);
  });
});

describe('the patch of 2015', () => {
  it('clears the physical active state at exit, and sets it again at entry', () => {
    const bench = new Bench({ profile: 'seed-2015' });
    bench.play(raise('p40'), hostIrq, enter, iar, exit);
    expect(bench.read('physical', 'active')).toBe(0);
    bench.play(enter);
    expect(bench.read('physical', 'active')).toBe(p40);
    expect(bench.lr(0)).toEqual({ intid: 34, state: active, hw: true });
  });

  it('offers a mapped interrupt again only after the guest completed it', () => {
    const bench = new Bench({ profile: 'seed-2015' });
    bench.play(raise('p40'), hostIrq, enter, iar, exit, enter);
    expect(bench.lr(1).state).toBe(0);
    bench.play(eoir, exit, enter);
    expect(bench.lr(0)).toEqual({ intid: 34, state: pending, hw: true });
  });
});
