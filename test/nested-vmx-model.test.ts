import { describe, expect, it } from 'vitest';
import { NestedVmxModel, partClasses, type HostEvent } from '../model/nested-vmx/index.ts';
import { Skip } from '../spec/contract.ts';
import { nestedVmx } from '../spec/nested-vmx.ts';
import type { NestedVmxEvent } from '../spec/nested-vmx/alphabet.ts';
import { laws } from '../spec/nested-vmx/clauses/laws.ts';
import type { NestedVmxConfiguration } from '../spec/nested-vmx/configuration.ts';
import { pack } from '../spec/packing.ts';
import { Random } from '../src/engine/random.ts';
import { Player } from './nested-vmx/player.ts';

const valid = 0x8000_0000;

describe.each(['bare', 'nested'] as const)('profile %s', (profile) => {
  const play = (config: Partial<NestedVmxConfiguration> = {}): Player => new Player({ profile, ...config });
  const acknowledging = { preset: 'acknowledge' } as const;
  const virtual = { preset: 'virtual', apicVirtualization: 'virtual' } as const;
  const posted = { preset: 'posted', apicVirtualization: 'posted' } as const;

  describe('an external interrupt while L2 runs, as the seed has it', () => {
    it('exits without a vector, stays pending, and is delivered once L1 has opened (M-01)', () => {
      const player = play().run('l1Enter').run('interrupt', { vector: 0x31 }).run('l2Nop');
      expect(player.exitWords('reason', 'information', 'qualification')).toEqual([1, 0, 0]);
      expect([player.irr, player.isr]).toEqual([[0x31], []]);
      player.run('l1Nop').run('l1Sti').run('l1Nop');
      expect(player.delivered).toEqual([]);
      player.run('l1Nop');
      expect(player.delivered).toEqual(['1:31']);
      expect([player.irr, player.isr]).toEqual([[], [0x31]]);
      player.run('l1Nop').run('l1Eoi').run('l1Iret').run('l1Nop');
      expect(player.delivered).toEqual(['1:31']);
    });

    it('with acknowledge on exit tells the vector, and does not interrupt L1 again (M-02)', () => {
      const player = play(acknowledging).run('l1Enter').run('interrupt', { vector: 0x31 }).run('l2Nop');
      expect(player.exitWords('reason', 'information')).toEqual([1, valid + 0x31]);
      expect([player.irr, player.isr]).toEqual([[], [0x31]]);
      player.run('l1Eoi').run('l1Sti').run('l1Nop').run('l1Nop');
      expect([player.delivered, player.isr]).toEqual([[], []]);
    });

    it('acknowledges the 8259 where its vector is told, and leaves ISR alone (M-43)', () => {
      const player = play(acknowledging).run('interrupt', { vector: 0x40 }).run('pic', { on: true });
      player.run('l1Enter').run('l2Nop');
      expect(player.exitWords('reason', 'information')).toEqual([1, valid + 0x50]);
      expect([player.see('effects', 'acknowledged'), player.irr, player.isr]).toEqual([1, [0x40], []]);
      expect(player.flags('pending', 'flags')).toEqual([]);
    });

    it('makes no exit for a line that the 8259 takes back', () => {
      const player = play().run('l1Enter').run('pic', { on: true }).run('pic', { on: false }).run('l2Nop');
      expect([player.exit, player.see('levels', 'position', 1)]).toEqual([undefined, 1]);
    });

    it('is not blocked by IF of L2 (M-04)', () => {
      const player = play().run('l1Enter').run('l2Cli').run('interrupt', { vector: 0x20 }).run('l2Nop');
      expect(player.exitWords('reason', 'position', 'interrupts')).toEqual([1, 1, 0]);
    });

    it('compares classes with PPR of L1 before it exits (M-05)', () => {
      const player = play().run('l1Tpr', { priority: 0x30 }).run('l1Enter').run('interrupt', { vector: 0x3e });
      expect(player.run('l2Nop').exit).toBeUndefined();
      expect(player.run('interrupt', { vector: 0x40 }).run('l2Nop').exit).toBe(1);
    });

    it('lets L1 have the highest at the time it opens, and nothing that TPR hides by then', () => {
      const player = play().run('l1Enter').run('interrupt', { vector: 0x31 }).run('l2Nop');
      player.run('interrupt', { vector: 0x40 }).run('l1Tpr', { priority: 0x3f }).run('l1Sti').run('l1Nop').run('l1Nop');
      expect(player.delivered).toEqual(['1:40']);
      player.run('l1Eoi').run('l1Iret').run('l1Nop');
      expect(player.delivered).toEqual(['1:40']);
      player.run('l1Tpr', { priority: 0 }).run('l1Nop');
      expect(player.delivered).toEqual(['1:40', '1:31']);
    });
  });

  describe('an entry while an interrupt for L1 is pending', () => {
    it('executes no instruction of L2 first (vmx_pending_event_test)', () => {
      const player = play().run('interrupt', { vector: 0x31 }).run('l1Enter');
      expect([player.see('entry', 'outcome'), player.exit]).toEqual([1, undefined]);
      player.run('l2Nop');
      expect(player.exitWords('reason', 'position')).toEqual([1, 0]);
    });

    it('delivers what it injects first, and exits at the first instruction of the handler (M-06, M-07)', () => {
      const player = play().run('interrupt', { vector: 0x40 }).run('l1Inject', { event: 'interrupt20' }).run('l1Enter');
      expect(player.delivered).toEqual(['2:20']);
      player.run('l2Nop');
      expect(player.exitWords('reason', 'position', 'vectoring', 'entryInformation')).toEqual([1, 0x120, 0, 0x20]);
      expect([player.irr, player.isr]).toEqual([[0x40], []]);
      player.run('l1Sti').run('l1Nop').run('l1Nop');
      expect(player.delivered).toEqual(['2:20', '1:40']);
    });

    it('exits from an L2 that is entered halted (vmx_pending_event_hlt_test)', () => {
      const player = play().run('interrupt', { vector: 0x31 }).run('l1GuestActivity', { activity: 'hlt' });
      player.run('l1Enter').run('l2Wait');
      expect(player.exitWords('reason', 'activity', 'position')).toEqual([1, 1, 0]);
    });

    it('injects once: the valid bit is gone after the exit (M-08)', () => {
      const player = play().run('l1Inject', { event: 'generalProtection' }).run('l1Enter');
      expect([player.see('delivery', 'error'), player.see('vmcs', 'entryInformation')]).toEqual([0x58, 0x8000_0b0d]);
      player.run('l2Vmcall');
      expect(player.see('vmcs', 'entryInformation')).toBe(0xb0d);
      player.run('l1Enter').run('l2Nop');
      expect(player.delivered).toEqual(['2:d']);
    });

    it('keeps the valid bit where it fails, late or early (M-08)', () => {
      const player = play().run('l1Inject', { event: 'nmi' }).run('l1GuestActivity', { activity: 'waitForSipi' });
      player.run('l1Enter');
      expect([player.exit, player.see('vmcs', 'entryInformation')]).toEqual([0x8000_0021, 0x8000_0202]);
      player.run('l1Inject', { event: 'reserved' }).run('l1Enter');
      expect([player.see('entry', 'error'), player.see('vmcs', 'entryInformation')]).toEqual([7, 0x8000_0120]);
      player.run('l1MovSs').run('l1Enter');
      expect(player.see('entry', 'error')).toBe(26);
    });

    it('returns behind a software event that it injects', () => {
      const player = play().run('l1Inject', { event: 'softwareInterrupt' }).run('l1Enter');
      expect([player.see('delivery', 'length'), player.see('delivery', 'position')]).toEqual([2, 0]);
    });
  });

  describe('HLT and the other activity states', () => {
    it('saves HLT at an exit out of it, and active after a vectoring injection (M-14)', () => {
      const player = play().run('l1Enter').run('l2Hlt').run('interrupt', { vector: 0x31 }).run('l2Wait');
      expect(player.exitWords('reason', 'activity', 'position')).toEqual([1, 1, 1]);
      player.run('l1Inject', { event: 'nmi' }).run('l1Enter').run('l2Nop');
      expect(player.exitWords('reason', 'activity', 'position')).toEqual([1, 0, 0x102]);
    });

    it('takes only SIPI in wait-for-SIPI, and discards it elsewhere', () => {
      const player = play().run('sipi').run('l1GuestActivity', { activity: 'waitForSipi' }).run('l1Enter');
      player.run('init').run('nmi').run('interrupt', { vector: 0x31 }).run('l2Wait');
      expect(player.exit).toBeUndefined();
      player.run('sipi').run('l2Wait');
      expect(player.exitWords('reason', 'qualification')).toEqual([4, 0x10]);
      expect(player.flags('pending', 'flags')).toEqual(['nmi', 'init']);
    });

    it('latches INIT while L1 runs, and exits at the first boundary of L2', () => {
      const player = play().run('init').run('l1Nop').run('l1GuestActivity', { activity: 'shutdown' });
      player.run('l1Enter').run('nmi').run('l2Wait');
      expect(player.exitWords('reason', 'activity')).toEqual([3, 2]);
    });
  });

  describe('windows and ranks', () => {
    it('opens the interrupt window one instruction after STI, and not after a second STI (vmx_intr_window_test)', () => {
      const player = play().run('l1Control', { control: 'interruptWindow', on: true });
      player.run('l1GuestInterrupts', { on: false }).run('l1Enter').run('l2Nop').run('l2Sti').run('l2Sti');
      expect(player.exit).toBeUndefined();
      player.run('l2Nop');
      expect(player.exitWords('reason', 'position')).toEqual([7, 3]);
    });

    it('has the interrupt window before the external interrupt, which exits at the next entry', () => {
      const player = play().run('l1Control', { control: 'interruptWindow', on: true }).run('l1Enter');
      expect(player.run('interrupt', { vector: 0x31 }).run('l2Nop').exit).toBe(7);
      player.run('l1Control', { control: 'interruptWindow', on: false }).run('l1Enter').run('l2Nop');
      expect(player.exitWords('reason', 'position')).toEqual([1, 0]);
    });

    it('has a virtual interrupt before the exit, which is at the first instruction of its handler', () => {
      const player = play(virtual).run('l1Pend', { vector: 0x31 }).run('interrupt', { vector: 0x40 });
      player.run('l1Enter').run('l2Nop');
      expect(player.delivered).toEqual(['2:31']);
      player.run('l2Nop');
      expect(player.exitWords('reason', 'information', 'position')).toEqual([1, valid + 0x40, 0x131]);
      expect([player.isr, player.set('virtualApic', 'isr')]).toEqual([[0x40], [0x31]]);
    });

    it('ranks INIT, MTF, timer, NMI and interrupt', () => {
      const player = play().run('l1Control', { control: 'preemptionTimer', on: true });
      player.run('l1Timer', { expired: true }).run('l1Inject', { event: 'monitorTrap' }).run('l1Enter');
      const reasons = [player.run('init').run('interrupt', { vector: 0x31 }).run('nmi').run('l2Nop').exit];
      // Each NMI that L2 did not take reaches L1, which leaves NMIs blocked: the entry ends that.
      player.run('l1Nop').run('l1Inject', { event: 'monitorTrap' }).run('l1Enter');
      reasons.push(player.run('nmi').run('l2Nop').exit);
      reasons.push(player.run('l1Nop').run('l1Enter').run('nmi').run('l2Nop').exit);
      player.run('l1Nop').run('l1Timer', { expired: false }).run('l1Enter');
      reasons.push(player.run('nmi').run('l2Nop').exit);
      reasons.push(player.run('l1Enter').run('l2Nop').exit);
      expect(reasons).toEqual([3, 37, 52, 0, 1]);
      expect(player.delivered).toEqual(['1:2', '1:2', '1:2']);
    });

    it('exits by MTF after each instruction, and at the first instruction of a handler', () => {
      const player = play().run('l1Control', { control: 'monitorTrapFlag', on: true }).run('l1Enter').run('l2Nop');
      expect(player.run('l2Nop').exitWords('reason', 'position')).toEqual([37, 1]);
      player.run('l1Inject', { event: 'breakpoint' }).run('l1Enter').run('l2Nop');
      expect(player.exitWords('reason', 'position')).toEqual([37, 0x103]);
    });

    it('delivers #UD before the exit for an interrupt behind it', () => {
      const player = play().run('l1Enter').run('l2InvalidOpcode').run('interrupt', { vector: 0x31 }).run('l2Nop');
      expect([player.delivered, player.exitWords('reason', 'position')]).toEqual([['2:6'], [1, 0x106]]);
    });
  });

  describe('NMIs', () => {
    it('blocks NMIs in L1 after an NMI exit, until its IRET, and saves bit 3 as it was before', () => {
      const player = play().run('l1Enter').run('nmi').run('l2Nop');
      expect(player.exitWords('reason', 'information', 'interruptibility')).toEqual([0, 0x8000_0202, 0]);
      player.run('nmi').run('l1Nop').run('l1Iret');
      expect(player.delivered).toEqual([]);
      expect(player.run('l1Nop').delivered).toEqual(['1:2']);
    });

    it('has IRET of L2 end NMI blocking by the controls: not with "NMI exiting" alone', () => {
      const player = play().run('l1GuestNmiBlocking', { on: true }).run('l1Enter').run('l2Iret').run('l2Vmcall');
      expect(player.exitWords('interruptibility')).toEqual([8]);
      expect(player.level(1)).toContain('nmi');
      player.run('l1Control', { control: 'virtualNmis', on: true }).run('l1Enter').run('l2Iret').run('l2Vmcall');
      expect(player.exitWords('interruptibility')).toEqual([0]);
    });

    it('goes through the IDT of L2 without "NMI exiting", one of many, and again after its IRET', () => {
      const player = play({ preset: 'direct' }).run('l1Enter').run('nmi').run('l2Nop').run('nmi').run('nmi');
      player.run('l2Nop').run('l2Iret');
      expect(player.delivered).toEqual(['2:2']);
      player.run('l2Nop').run('l2Nop');
      expect(player.delivered).toEqual(['2:2', '2:2']);
      expect(player.flags('pending', 'flags')).toEqual([]);
    });

    it('opens the NMI window before it takes the NMI', () => {
      const player = play(acknowledging).run('l1Control', { control: 'nmiWindow', on: true }).run('l1Enter');
      player.run('nmi').run('l2Nop');
      expect([player.exit, player.flags('pending', 'flags')]).toEqual([8, ['nmi']]);
    });
  });

  describe('an L2 that gets interrupts without exits', () => {
    it('gets them when it is open, acknowledged once, and completes them in the local APIC of L1', () => {
      const player = play({ preset: 'direct' }).run('l1GuestInterrupts', { on: false }).run('l1Enter');
      player.run('interrupt', { vector: 0x31 }).run('l2Nop').run('l2Sti').run('l2Nop');
      expect([player.delivered, player.exit]).toEqual([[], undefined]);
      player.run('l2Nop');
      expect([player.delivered, player.irr, player.isr]).toEqual([['2:31'], [], [0x31]]);
      player.run('interrupt', { vector: 0x3e }).run('l2Sti').run('l2Nop').run('l2Nop');
      expect(player.delivered).toEqual(['2:31']);
      player.run('l2Eoi').run('l2Nop');
      expect(player.delivered).toEqual(['2:31', '2:3e']);
    });

    it('leaves L1 what L2 has freed: a vector of the same class (M-03)', () => {
      const player = play({ preset: 'direct' }).run('l1Enter').run('interrupt', { vector: 0x3e }).run('l2Nop');
      player.run('l2Eoi').run('l2Vmcall').run('interrupt', { vector: 0x31 }).run('l1Sti').run('l1Nop').run('l1Nop');
      expect(player.delivered).toEqual(['2:3e', '1:31']);
    });

    it('keeps a vector in service whose delivery meets an EPT violation of L1', () => {
      const player = play({ preset: 'direct' }).run('l1Idt', { present: false }).run('l1Enter');
      player.run('interrupt', { vector: 0x31 }).run('l2Nop');
      expect(player.exitWords('reason', 'vectoring', 'interrupts')).toEqual([48, valid + 0x31, 1]);
      expect([player.delivered, player.irr, player.isr]).toEqual([[], [], [0x31]]);
    });
  });

  describe('posted interrupts of L1', () => {
    it('processes the notification without an exit, also for an L2 in HLT, which what was posted wakes', () => {
      const player = play(posted).run('l1Enter').run('l2Hlt').run('post', { vector: 0x40 });
      player.run('interrupt', { vector: 0xf2 }).run('l2Wait');
      expect([player.exit, player.see('effects', 'processed'), player.see('levels', 'activity', 1)]).toEqual([
        undefined,
        1,
        1,
      ]);
      expect([player.irr, player.isr, player.set('virtualApic', 'pir')]).toEqual([[], [], []]);
      expect(player.run('l2Wait').delivered).toEqual(['2:40']);
    });

    it('leaves the notification to L1 while TPR of L1 hides it, or L1 runs (D-24)', () => {
      const player = play(posted).run('l1Tpr', { priority: 0xf0 }).run('l1Enter').run('interrupt', { vector: 0xf2 });
      expect(player.run('l2Nop').see('effects', 'processed')).toBe(0);
      player.run('l2Vmcall').run('l1Tpr', { priority: 0 }).run('l1Sti').run('l1Nop').run('l1Nop');
      expect([player.delivered, player.isr]).toEqual([['1:f2'], [0xf2]]);
    });

    it('exits acknowledged for any other vector', () => {
      const player = play(posted).run('l1Enter').run('interrupt', { vector: 0x31 }).run('l2Nop');
      expect(player.exitWords('reason', 'information')).toEqual([1, valid + 0x31]);
    });
  });

  it('sends a level again only after its EOI, and only if it is still high', () => {
    const player = play().run('line', { on: true }).run('line', { on: false }).run('line', { on: true });
    player.run('l1Sti').run('l1Nop').run('l1Nop');
    expect([player.delivered, player.irr]).toEqual([['1:21'], []]);
    player.run('l1Eoi');
    expect([player.set('effects', 'broadcast'), player.irr]).toEqual([[0x21], [0x21]]);
  });
});

describe('what L0 does is not seen', () => {
  const host: readonly { readonly kind: HostEvent['kind']; readonly on?: 'delivery' | 'instruction' | 'emulation' }[] =
    [
      { kind: 'hostExit' },
      { kind: 'hostLook' },
      { kind: 'hostTrap', on: 'delivery' },
      { kind: 'hostTrap', on: 'instruction' },
      { kind: 'hostTrap', on: 'emulation' },
      { kind: 'hostWindow' },
      { kind: 'hostMigrate' },
      { kind: 'hostSaveRestore' },
    ];

  it.each(host)('$kind $on between an interrupt and the boundary that takes it', ({ kind, ...args }) => {
    for (const l0Apicv of [false, true]) {
      const player = new Player({ l0Apicv }).run('l1Enter').run('interrupt', { vector: 0x31 });
      const before = player.all;
      expect(player.run(kind, args).all).toEqual(before);
      expect(player.run('l2Nop').exitWords('reason', 'position')).toEqual([1, 0]);
      player.run('l1Sti').run(kind, args).run('l1Nop').run(kind, args).run('l1Nop');
      expect([player.delivered, player.isr]).toEqual([['1:31'], [0x31]]);
    }
  });

  it('finishes an injection that L0 has interrupted before the exit for an interrupt, and leaks no vectoring', () => {
    const player = new Player().run('interrupt', { vector: 0x40 }).run('hostTrap', { on: 'delivery' });
    player.run('l1Inject', { event: 'nmi' }).run('l1Enter');
    expect(player.delivered).toEqual(['2:2']);
    player.run('l2Nop');
    expect(player.exitWords('reason', 'vectoring', 'position')).toEqual([1, 0, 0x102]);
  });

  it('injects nothing into L2 that came after L0 has looked and that L1 wants to exit', () => {
    const player = new Player().run('l1Enter').run('l2Nop').run('hostLook').run('interrupt', { vector: 0x31 });
    player.run('l2Nop');
    expect([player.exit, player.delivered]).toEqual([1, []]);
  });
});

describe('nested is bare', { timeout: 60_000 }, () => {
  const packing = pack<NestedVmxEvent>(nestedVmx.alphabet);
  const weights = packing.kinds.map((kind) => nestedVmx.alphabet[kind as NestedVmxEvent['kind']].weight);
  const total = weights.reduce((sum, weight) => sum + weight);

  function randomEvent(random: Random): NestedVmxEvent {
    let rest = random.below(total);
    let kind = 0;
    while (rest >= weights[kind]) rest -= weights[kind++];
    return packing.events[packing.first[kind] + random.below(packing.first[kind + 1] - packing.first[kind])];
  }

  function randomConfig(random: Random): NestedVmxConfiguration {
    for (;;) {
      const entries = Object.entries(nestedVmx.configuration).map(([name, { values }]) => [
        name,
        values[random.below(values.length)],
      ]);
      const config = { ...Object.fromEntries(entries), profile: 'nested' } as NestedVmxConfiguration;
      if (nestedVmx.admits(config)) return config;
    }
  }

  /** The first section that is not the same in both; bits that are not defined do not count. */
  function differing(nested: Player, bare: Player): string | undefined {
    return Object.entries(nestedVmx.observation).find(([, { count }], place) => {
      const view = nested.model.views[place];
      for (let index = 0; index < count(nested.config); index++) {
        const [part, other] = [view.part(nested.state, index), view.part(bare.state, index)];
        const [seen, wanted, defined] = [view.words(part), view.words(other), view.defined?.(other)];
        if (wanted.some((word, at) => ((word ^ seen[at]) & (defined?.[at] ?? -1)) !== 0)) return true;
      }
      return false;
    })?.[0];
  }

  /** Plays a sequence on both; the first difference as text, `undefined` if there is none. */
  function difference(seed: number, nestedModel: NestedVmxModel): string | undefined {
    const random = new Random();
    random.seed(seed, 0);
    const config = randomConfig(random);
    const nested = new Player(config);
    const bare = new Player({ ...config, profile: 'bare', l0Apicv: false });
    const played: string[] = [];
    for (let n = 0; n < 60; n++) {
      const event = randomEvent(random);
      const before = nested.state;
      const next = nestedModel.step(before, event);
      if (!(next instanceof Skip)) nested.state = next;
      if (event.kind.startsWith('host')) {
        if (next instanceof Skip || next.shown !== before.shown) return `${seed}: ${event.kind} shows`;
        played.push(event.kind);
        continue;
      }
      const other = bare.model.step(bare.state, event);
      if (next instanceof Skip || other instanceof Skip) {
        if (next !== other) return `${seed}: skipped once: ${played.join(' ')} ${event.kind}`;
        continue;
      }
      bare.state = other;
      played.push(JSON.stringify(event));
      const section = differing(nested, bare);
      if (section !== undefined) return `${seed}: ${section}: ${JSON.stringify(config)} ${played.join(' ')}`;
    }
    return undefined;
  }

  it('shows the same in every section for 3,000 random sequences', () => {
    const model = new NestedVmxModel();
    for (let seed = 1; seed <= 3000; seed++) expect(difference(seed, model)).toBeUndefined();
  });

  it('would not, if L0 forgot to look again, or to have the entry exit at once', () => {
    const { host: Host, look: Look } = partClasses;
    const forgets = new NestedVmxModel({
      parts: {
        host: class extends Host {
          override lookAgain<S>(state: S): S {
            return state;
          }
        },
      },
    });
    const runs = new NestedVmxModel({
      parts: {
        look: class extends Look {
          override exitsAtOnce(): boolean {
            return false;
          }
        },
      },
    });
    const seeds = Array.from({ length: 300 }, (_, n) => n + 1);
    expect(seeds.some((seed) => difference(seed, forgets) !== undefined)).toBe(true);
    expect(seeds.some((seed) => difference(seed, runs) !== undefined)).toBe(true);
  });

  it('has every clause that it can have cited, in both', () => {
    for (const profile of ['nested', 'bare'] as const) {
      const cited = new Set<string>();
      const model = new NestedVmxModel({ cite: (clause) => cited.add(clause) });
      const random = new Random();
      for (let seed = 1; seed <= 2000; seed++) {
        random.seed(seed, 1);
        const config = randomConfig(random);
        let state = model.initial({ ...config, profile, l0Apicv: profile === 'nested' && config.l0Apicv });
        for (let n = 0; n < 60; n++) {
          const next = model.step(state, randomEvent(random));
          if (!(next instanceof Skip)) state = next;
        }
      }
      const judgedOnTraces = Object.keys(laws);
      const missing = Object.values(nestedVmx.clauses)
        .filter(({ keyword, profiles }) => keyword !== 'undefined' && (profiles?.includes(profile) ?? true))
        .map(({ name }) => name)
        .filter((name) => !cited.has(name) && !judgedOnTraces.includes(name));
      expect(missing).toEqual([]);
    }
  });
});
