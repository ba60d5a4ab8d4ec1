import { describe, expect, it } from 'vitest';
import { pack } from '../spec/packing.ts';
import { alphabet, type PostedInterruptsEvent } from '../spec/posted-interrupts/alphabet.ts';
import { admits, configuration, type PostedInterruptsConfiguration } from '../spec/posted-interrupts/configuration.ts';
import { observation } from '../spec/posted-interrupts/observation.ts';
import { profiles } from '../spec/posted-interrupts/profiles.ts';
import { atomicSteps, programs, type AtomicStep } from '../spec/posted-interrupts/steps.ts';
import { vectors } from '../spec/posted-interrupts/universe.ts';
import { OptimizedPostedInterrupts } from '../src/optimized/posted-interrupts/index.ts';
import { dirtySteps, Machine, outputWords } from '../src/optimized/posted-interrupts/machine.ts';
import { operationTables } from '../src/optimized/posted-interrupts/operations.ts';
import { reset } from '../src/optimized/posted-interrupts/reset.ts';
import { show } from '../src/optimized/posted-interrupts/show.ts';

type Event = PostedInterruptsEvent;
type Config = PostedInterruptsConfiguration;
const packing = pack<Event>(alphabet);

const booted = Object.fromEntries(
  Object.entries(configuration).map(([name, { values }]) => [name, values[0]]),
) as unknown as Config;

type Layout = Readonly<Record<string, { count: (config: Config) => number; fields: object }>>;

/** A machine that is spoken to by events, and read by the names of the spec. */
class Bench {
  readonly machine = new OptimizedPostedInterrupts();
  readonly config: Config;

  constructor(config: Partial<Config> = {}) {
    this.config = { ...booted, ...config };
    if (!admits(this.config)) throw new RangeError('the parameters do not fit together');
    this.machine.reset(this.config);
  }

  /** Plays events none of which may be skipped. */
  play(...events: Event[]): this {
    for (const event of events) expect(this.machine.step(packing.code(event)), JSON.stringify(event)).toBe(true);
    return this;
  }

  skips(event: Event): boolean {
    return !this.machine.step(packing.code(event));
  }

  /** The word of a field, found by walking the spec's layout. */
  read(section: keyof typeof observation, field: string, index = 0): number {
    let at = 0;
    for (const [name, { count, fields }] of Object.entries(observation as Layout)) {
      const names = Object.keys(fields);
      if (name === section) {
        expect(names).toContain(field);
        return this.machine.words[at + index * names.length + names.indexOf(field)];
      }
      at += count(this.config) * names.length;
    }
    throw new RangeError(section);
  }

  /** The vectors in a word that shows a set. */
  set(section: keyof typeof observation, field: string, index = 0): number[] {
    const word = this.read(section, field, index);
    return vectors.filter((_, place) => ((word >>> place) & 1) !== 0);
  }

  /** The vector that has reached a handler, 0 if none has. */
  get delivered(): number {
    const first = this.read('delivery', 'first');
    return first === 0 ? 0 : first & 0xff;
  }

  get exitReason(): number {
    return this.read('exit', 'reason') & 0x7fffffff;
  }
}

type Vector = (typeof vectors)[number];
const post = (vector: Vector, to: 0 | 1 = 0): Event => ({ kind: 'post', to, vector });
const devicePost = (vector: Vector, urgent = false, to: 0 | 1 = 0): Event => ({
  kind: 'devicePost',
  to,
  vector,
  urgent,
});
const arrive = (physical: 'posted' | 'wakeup' | 'kick' | 'nested', pcpu: 0 | 1 = 0): Event => ({
  kind: 'arrive',
  pcpu,
  physical,
});
const enter: Event = { kind: 'enter', vcpu: 0 };
const exit: Event = { kind: 'exit', vcpu: 0 };
const eoi: Event = { kind: 'eoi', vcpu: 0 };
const sti: Event = { kind: 'sti', vcpu: 0 };
const cli: Event = { kind: 'cli', vcpu: 0 };
const nop: Event = { kind: 'nop', vcpu: 0 };
const hlt: Event = { kind: 'hlt', vcpu: 0 };
const block: Event = { kind: 'block', vcpu: 0 };
const postedAt0 = 1;
const wakeupAt0 = 2;
const kickAt0 = 8;

describe('posting and notification', () => {
  it('notifies a running guest once per ON', () => {
    const bench = new Bench().play(enter, post(0x31));
    expect(bench.read('effects', 'sent')).toBe(postedAt0);
    expect(bench.play(post(0x40)).read('effects', 'sent')).toBe(0);
    expect(bench.set('descriptor', 'pir')).toEqual([0x31, 0x40]);
    expect(bench.play(arrive('posted')).delivered).toBe(0x40);
    expect([bench.exitReason, bench.read('descriptor', 'control') & 1, bench.set('apic', 'irr')]).toEqual([
      0,
      0,
      [0x31],
    ]);
    expect([bench.read('virtualApic', 'rvi'), bench.read('virtualApic', 'svi'), bench.read('apic', 'ppr')]).toEqual([
      0x31, 0x40, 0x40,
    ]);
    // 0x40 is in the EOI-exit bitmap of the last virtual CPU only.
    expect(bench.play(eoi).delivered).toBe(0x31);
    expect(bench.play(eoi).exitReason).toBe(45);
  });

  it('takes what is posted at entry, and wakes a sleeper', () => {
    const bench = new Bench().play(enter, hlt, block);
    expect(bench.read('schedule', 'flags')).toBe(2);
    expect([bench.read('schedule', 'list'), bench.read('descriptor', 'control')]).toEqual([1, 0xf1 << 16]);
    expect(bench.play(devicePost(0x21)).read('effects', 'sent')).toBe(wakeupAt0);
    expect(bench.play(arrive('wakeup')).read('schedule', 'flags')).toBe(0);
    bench.play({ kind: 'load', vcpu: 0, pcpu: 0 }, block);
    expect([bench.read('core', 'flags') & 8, bench.read('virtualApic', 'rvi')]).toEqual([0, 0x21]);
    expect(bench.play(enter).delivered).toBe(0x21);
  });

  it('sets ON at load for what a device posted under SN', () => {
    const bench = new Bench().play({ kind: 'unload', vcpu: 0, preempted: true }, devicePost(0x31));
    expect(bench.read('descriptor', 'control')).toBe((0xf2 << 16) | 2);
    bench.play({ kind: 'load', vcpu: 0, pcpu: 0 });
    expect(bench.read('descriptor', 'control')).toBe((0xf2 << 16) | 1);
  });

  it('kicks where APICv is off, and opens a window', () => {
    const bench = new Bench({ apicv: 'off' }).play(enter, cli, post(0x31));
    expect([bench.read('effects', 'sent'), bench.read('schedule', 'mode')]).toEqual([kickAt0, 2]);
    expect(bench.play(post(0x20)).read('effects', 'sent')).toBe(0);
    expect(bench.play(arrive('kick')).read('exit', 'interruption')).toBe(0x800000fd);
    expect(bench.play(enter).read('virtualApic', 'flags')).toBe(4);
    bench.play(sti);
    expect(bench.exitReason).toBe(0);
    expect(bench.play(nop).exitReason).toBe(7);
    expect(bench.play(enter).delivered).toBe(0x31);
    expect([bench.set('apic', 'isr'), bench.set('apic', 'irr'), bench.read('virtualApic', 'flags')]).toEqual([
      [0x31],
      [0x20],
      0,
    ]);
  });

  it('exits for a stale notification only with APICv off', () => {
    const bench = new Bench({ pcpus: 1 }).play(enter, post(0x31), exit, { kind: 'unload', vcpu: 0, preempted: false });
    bench.play({ kind: 'load', vcpu: 1, pcpu: 0 }, { kind: 'enter', vcpu: 1 }, arrive('posted'));
    expect([bench.exitReason, bench.delivered]).toEqual([0, 0]);
    bench.play({ kind: 'exit', vcpu: 1 });
    expect(bench.set('descriptor', 'pir')).toEqual([0x31]);
  });
});

describe('injection and lines', () => {
  it('commits an interrupt whose delivery exits, and injects it first', () => {
    const bench = new Bench().play(enter, { kind: 'obstruct', vcpu: 0 }, { kind: 'selfIpi', vcpu: 0, vector: 0x31 });
    expect([bench.exitReason, bench.read('exit', 'idtVectoring')]).toEqual([48, 0x80000031]);
    expect([bench.delivered, bench.set('apic', 'isr')]).toEqual([0, [0x31]]);
    bench.play(post(0x40), enter);
    expect(bench.read('delivery', 'first')).toBe(0x80000031);
    expect(bench.read('delivery', 'second')).toBe(0x80000040);
  });

  it('injects an NMI before an interrupt, and leaves for one that has to wait', () => {
    const bench = new Bench({ apicv: 'off' }).play(post(0x31), { kind: 'nmi', vcpu: 0 }, enter);
    expect([bench.read('delivery', 'first'), bench.exitReason]).toEqual([0x80000202, 7]);
    bench.play({ kind: 'abortEntry', vcpu: 0 }, { kind: 'nmi', vcpu: 0 });
    expect(bench.read('core', 'inflight')).toBe(0x80000031);
    bench.play(enter);
    expect([bench.delivered, bench.exitReason]).toEqual([0x31, 8]);
  });

  it('sends a line again that is high after its EOI', () => {
    const bench = new Bench({ vcpus: 1 }).play({ kind: 'raise', line: 0 }, enter);
    expect([bench.delivered, bench.set('apic', 'tmr'), bench.read('ioapic', 'remoteIrr')]).toEqual([0x31, [0x31], 1]);
    bench.play(eoi);
    expect([bench.exitReason, bench.read('exit', 'qualification')]).toEqual([45, 0x31]);
    expect([bench.set('effects', 'broadcast'), bench.set('effects', 'accepted')]).toEqual([[0x31], [0x31]]);
    expect(bench.set('descriptor', 'pir')).toEqual([0x31]);
    bench.play({ kind: 'lower', line: 0 }, enter, eoi);
    expect([bench.read('ioapic', 'remoteIrr'), bench.set('effects', 'accepted')]).toEqual([0, []]);
  });

  it('refuses while the local APIC is disabled, and sends a high line when it is enabled', () => {
    const bench = new Bench({ apicv: 'off', mode: 'xapic' }).play(enter, { kind: 'svr', vcpu: 0, on: false });
    expect([bench.exitReason, bench.read('exit', 'qualification')]).toEqual([44, 0x10f0]);
    bench.play({ kind: 'raise', line: 0 }, post(0x40));
    expect([bench.set('effects', 'accepted'), bench.set('apic', 'irr')]).toEqual([[], []]);
    bench.play(enter, { kind: 'svr', vcpu: 0, on: true });
    expect([bench.set('apic', 'irr'), bench.read('ioapic', 'remoteIrr')]).toEqual([[0x31], 1]);
  });

  it('keeps everything when APICv is switched', () => {
    const bench = new Bench().play(post(0x31), enter, post(0x40), { kind: 'switchApicv', on: false });
    expect([bench.read('schedule', 'mode'), bench.read('exit', 'reason')]).toEqual([0, 0]);
    expect([bench.set('apic', 'isr'), bench.set('descriptor', 'pir'), bench.read('apic', 'ppr')]).toEqual([
      [0x31],
      [0x40],
      0x30,
    ]);
    expect(bench.play(enter).delivered).toBe(0x40);
    bench.play({ kind: 'switchApicv', on: true });
    expect([bench.read('virtualApic', 'svi'), bench.read('apic', 'ppr')]).toEqual([0x40, 0x40]);
  });
});

describe('L2', () => {
  const notify: Event = { kind: 'post', to: 0, vector: 0xf2 };

  it('has its posted interrupts processed when the notification of L1 is consumed', () => {
    const bench = new Bench({ nested: true }).play(
      enter,
      { kind: 'nestedEntry' },
      { kind: 'nestedPost', vector: 0x31 },
    );
    expect([bench.read('reply', 'value'), bench.read('effects', 'acceptor')]).toEqual([1, 2]);
    bench.play(notify, arrive('posted'));
    expect([bench.exitReason, bench.read('exit', 'l1Reason')]).toEqual([1, 0]);
    bench.play(enter);
    expect([bench.read('effects', 'consumed'), bench.delivered, bench.read('delivery', 'taker')]).toEqual([1, 0x31, 2]);
    expect([bench.set('apic', 'irr'), bench.set('apic', 'isr'), bench.set('nested', 'isr')]).toEqual([[], [], [0x31]]);
  });

  it('exits to L1 for another vector, whose interrupts are off then', () => {
    const bench = new Bench({ nested: true, apicv: 'off' }).play(
      enter,
      { kind: 'nestedEntry' },
      post(0x40),
      arrive('kick'),
      enter,
    );
    expect([bench.read('exit', 'l1Reason'), bench.read('exit', 'l1Interruption')]).toEqual([0x80000001, 0x80000040]);
    expect([bench.set('apic', 'isr'), bench.read('core', 'flags'), bench.read('schedule', 'mode')]).toEqual([
      [0x40],
      0,
      1,
    ]);
  });

  it('gets the notification past L1 in profile kvm', () => {
    const bench = new Bench({ nested: true, profile: 'kvm' }).play(enter, { kind: 'nestedEntry' });
    bench.play({ kind: 'nestedPost', vector: 0x31 }, notify);
    expect([bench.read('effects', 'sent'), bench.read('nested', 'flags') & 16]).toEqual([4, 16]);
    bench.play(arrive('nested'));
    expect([bench.exitReason, bench.delivered, bench.read('effects', 'consumed')]).toEqual([0, 0x31, 0]);
  });
});

describe('the processor alone', () => {
  it('skips an entry that would fail, and exits below the threshold', () => {
    const bench = new Bench({ profile: 'arch', apicv: 'off', vcpus: 1, pcpus: 1, devicePosting: false, mode: 'xapic' });
    const entry = { kind: 'vmEntry', interruptFlag: true, blocking: 'none', activity: 'active' } as const;
    expect(bench.skips({ ...entry, blocking: 'sti', interruptFlag: false })).toBe(true);
    expect(bench.skips({ ...entry, blocking: 'movss', activity: 'hlt' })).toBe(true);
    bench.play({ kind: 'setThreshold', level: 2 }, { ...entry, blocking: 'movss' });
    expect([bench.exitReason, bench.read('core', 'flags')]).toEqual([43, 5]);
  });

  it('evaluates at five causes only', () => {
    const bench = new Bench({ profile: 'arch', vcpus: 1, pcpus: 1, devicePosting: false });
    bench.play({ kind: 'setStatus', rvi: 0x31, svi: 0 });
    bench.play({ kind: 'vmEntry', interruptFlag: false, blocking: 'none', activity: 'active' });
    expect(bench.read('virtualApic', 'flags')).toBe(3);
    bench.play({ kind: 'setPriority', priority: 0xf0 }, sti);
    expect(bench.delivered).toBe(0);
    // IRR 0x31 was never set: RVI is taken on trust.
    expect(bench.play(nop).delivered).toBe(0x31);
  });
});

describe('atomic steps', () => {
  const target: Event = { kind: 'step', agent: 'target' };
  const poster: Event = { kind: 'step', agent: 'poster0' };
  const pcOf = (step: AtomicStep): number => 1 + atomicSteps.indexOf(step);
  const bench = (): Bench => new Bench({ profile: 'interleaved', vcpus: 1, vectors: 'two', posters: 2 });

  it('loses nothing to a post between the clearing of ON and the entry', () => {
    const b = bench().play({ kind: 'start', operation: 'enter' }, { kind: 'startPost', poster: 0, vector: 0x31 });
    expect(b.read('steps', 'poster0')).toBe(pcOf('set-pir') | (0x31 << 8));
    b.play(target, target, target);
    expect(b.read('steps', 'target')).toBe(pcOf('vm-entry'));
    b.play(poster, poster, poster, poster);
    expect([b.read('effects', 'sent'), b.read('steps', 'poster0')]).toEqual([postedAt0, 0]);
    expect(b.skips(arrive('posted'))).toBe(true);
    b.play(target, arrive('posted'));
    expect(b.read('steps', 'target')).toBe(pcOf('processor-clear-on'));
    b.play(...programs.notification.map(() => target));
    expect([b.delivered, b.read('steps', 'target')]).toEqual([0x31, 0]);
  });

  it('sleeps on the wake-up list, and is woken by a device', () => {
    const b = bench().play({ kind: 'start', operation: 'enter' }, target, target, target, target);
    b.play({ kind: 'start', operation: 'halt' }, target, { kind: 'start', operation: 'block' });
    b.play(target, target, target, target, target, target, target, target);
    expect([b.read('schedule', 'flags'), b.read('schedule', 'list'), b.read('steps', 'target')]).toEqual([2, 1, 0]);
    b.play(devicePost(0x40), arrive('wakeup'));
    expect(b.read('schedule', 'flags')).toBe(0);
  });
});

describe('random sequences', () => {
  const configurations = (profile: keyof typeof profiles): Config[] => {
    let found: object[] = [{}];
    for (const [name, { values }] of Object.entries(configuration)) {
      const limits: readonly unknown[] =
        (profiles[profile].limits as Record<string, readonly unknown[]>)[name] ?? values;
      found = found.flatMap((config) => limits.map((value) => ({ ...config, [name]: value })));
    }
    return (found as Config[]).filter(admits);
  };

  it.each(Object.keys(profiles) as (keyof typeof profiles)[])(
    '%s: shows what is, and skips without a trace',
    (profile) => {
      const m = new Machine();
      let state = 1;
      const below = (n: number): number => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return Math.floor((state / 0x1_0000_0000) * n);
      };
      const possible = configurations(profile);
      let played = 0;
      for (let sequence = 0; sequence < 400; sequence++) {
        reset(m, possible[below(possible.length)]);
        const operations = operationTables[m.profile];
        for (let i = 0; i < 150; i++) {
          const code = below(packing.size);
          const before = m.words.slice();
          m.words.fill(0, 0, outputWords);
          const [a, b, c] = packing.args.subarray(6 * code);
          const done = operations[packing.kind[code]](m, a, b, c);
          show(m);
          if (done) played++;
          else {
            before.fill(0, 0, outputWords);
            if (before.some((word, at) => word !== m.words[at])) expect(m.words).toEqual(before);
          }
          const after = m.words.slice();
          m.dirty = ((1 << m.vcpus) - 1) | dirtySteps;
          show(m);
          if (after.some((word, at) => word !== m.words[at])) expect(after).toEqual(m.words);
        }
      }
      expect(played).toBeGreaterThan(1000);
    },
  );
});
