import { describe, expect, it } from 'vitest';
import { alone, inSteps, Player } from './posted-interrupts/player.ts';

describe('the call chain of the seed: an IPI from one virtual CPU to another', () => {
  const running = (): Player => new Player().run('enter', { vcpu: 0 }).run('enter', { vcpu: 1 });

  it('exits on the sender as a write of an MSR, posts, and notifies the physical CPU of the target', () => {
    const player = running().run('sendIpi', { vcpu: 0, to: 1, vector: 0x31 });
    expect(player.exit).toBe(32);
    expect(player.set('descriptor', 'pir', 1)).toEqual([0x31]);
    expect(player.control(1)).toBe('on f2');
    expect(player.sent).toEqual(['posted@1']);
    expect(player.set('apic', 'irr', 1)).toEqual([]);
  });

  it('is delivered by the processor when the notification arrives, without an exit', () => {
    const player = running().run('sendIpi', { vcpu: 0, to: 1, vector: 0x31 });
    player.run('arrive', { pcpu: 1, physical: 'posted' });
    expect(player.exit).toBe(0);
    expect(player.see('delivery', 'first')).toBe(0x8000_0031);
    expect(player.see('delivery', 'taker')).toBe(3);
    expect(player.set('apic', 'isr', 1)).toEqual([0x31]);
    expect(player.control(1)).toBe('f2');
  });

  it('needs neither a notification nor a wake-up for a target outside: the sync before entry takes it', () => {
    const player = new Player().run('enter', { vcpu: 0 }).run('sendIpi', { vcpu: 0, to: 1, vector: 0x31 });
    expect(player.sent).toEqual([]);
    player.run('enter', { vcpu: 1 });
    expect(player.delivered).toEqual([0x31]);
    expect(player.set('descriptor', 'pir', 1)).toEqual([]);
  });

  it('coalesces in PIR, and notifies once for each time that ON is set', () => {
    const player = running().run('post', { to: 1, vector: 0x31 });
    expect(player.run('post', { to: 1, vector: 0x31 }).sent).toEqual([]);
    expect(player.run('post', { to: 1, vector: 0x40 }).sent).toEqual([]);
    expect(player.set('descriptor', 'pir', 1)).toEqual([0x31, 0x40]);
    player.run('arrive', { pcpu: 1, physical: 'posted' });
    expect(player.run('post', { to: 1, vector: 0x31 }).sent).toEqual(['posted@1']);
    expect(player.delivered).toEqual([0x40]);
  });

  it('without APICv goes into IRR and kicks the target, once', () => {
    const player = new Player({ apicv: 'off' }).run('enter', { vcpu: 1 }).run('post', { to: 1, vector: 0x31 });
    expect(player.set('apic', 'irr', 1)).toEqual([0x31]);
    expect(player.sent).toEqual(['kick@1']);
    expect(player.run('post', { to: 1, vector: 0x40 }).sent).toEqual([]);
    player.run('arrive', { pcpu: 1, physical: 'kick' });
    expect(player.exit).toBe(1);
    expect(player.run('enter', { vcpu: 1 }).delivered).toEqual([0x40]);
  });

  it('is not accepted with an illegal vector, nor by a disabled local APIC', () => {
    const player = running().run('sendIpi', { vcpu: 0, to: 1, vector: 0x0f });
    expect(player.see('effects', 'acceptor')).toBe(0);
    player.run('svr', { vcpu: 1, on: false }).run('post', { to: 1, vector: 0x31 });
    expect(player.set('effects', 'accepted')).toEqual([]);
  });
});

describe('virtual-interrupt delivery', () => {
  it('nests a higher class and lets an equal class wait for the EOI', () => {
    const player = new Player(alone).run('post', { vector: 0x31 }).run('enter');
    player.run('selfIpi', { vector: 0x3f });
    expect(player.set('apic', 'irr')).toEqual([0x3f]);
    player.run('selfIpi', { vector: 0x40 });
    expect(player.delivered).toEqual([0x31, 0x40]);
    expect(player.see('virtualApic', 'svi')).toBe(0x40);
  });

  it('exits after the EOI of a level-triggered vector and delivers what waits at the next entry', () => {
    const player = new Player(alone).run('raise', { line: 0 }).run('enter').run('selfIpi', { vector: 0x3f });
    player.run('eoi');
    expect([player.exit, player.see('exit', 'qualification')]).toEqual([45, 0x31]);
    expect(player.set('effects', 'broadcast')).toEqual([0x31]);
    // The line is still high: it has been sent again, to be taken after 0x3f.
    expect(player.set('descriptor', 'pir')).toEqual([0x31]);
    expect(player.delivered).toEqual([0x31]);
    expect(player.run('enter').delivered).toEqual([0x31, 0x3f]);
    expect(player.run('lower', { line: 0 }).run('eoi').delivered).toEqual([0x31, 0x3f, 0x31]);
  });

  it('waits for IF and for the end of blocking by STI', () => {
    const player = new Player(alone).run('enter').run('cli').run('selfIpi', { vector: 0x20 });
    expect(player.flags('virtualApic', 'flags')).toEqual(['apicv', 'recognized']);
    player.run('sti');
    expect(player.delivered).toEqual([]);
    expect(player.run('nop').delivered).toEqual([0x20]);
  });

  it('is delivered after the event that is injected, without an exit between them', () => {
    const player = new Player(alone).run('nmi').run('post', { vector: 0x31 }).run('enter');
    expect(player.see('delivery', 'first')).toBe(0x8000_0202);
    expect(player.see('delivery', 'second')).toBe(0x8000_0031);
  });

  it('has acknowledged an interrupt whose delivery exits, and injects it once more without acknowledging it', () => {
    const player = new Player(alone).run('post', { vector: 0x31 }).run('obstruct').run('enter');
    expect([player.exit, player.see('exit', 'idtVectoring')]).toEqual([48, 0x8000_0031]);
    expect(player.set('apic', 'isr')).toEqual([0x31]);
    player.run('post', { vector: 0x31 }).run('enter');
    expect(player.delivered).toEqual([0x31]);
    expect(player.set('apic', 'irr')).toEqual([0x31]);
    expect(player.run('eoi').exit).toBe(45);
  });

  it('is recognized at five moments and at no other', () => {
    const arch = { ...alone, profile: 'arch', devicePosting: false } as const;
    const player = new Player(arch).run('vmEntry').run('setPending', { vector: 0x31, on: true }).run('nop');
    expect(player.delivered).toEqual([]);
    player.run('vmExit').run('setStatus', { rvi: 0x31, svi: 0 }).run('vmEntry', { interruptFlag: false });
    expect(player.flags('virtualApic', 'flags')).toContain('recognized');
    player.run('setPriority', { priority: 0x30 }).run('sti').run('nop');
    expect(player.delivered).toEqual([0x31]);
  });

  it('takes RVI and PIR, not VIRR, for the new RVI', () => {
    const arch = { ...alone, profile: 'arch', devicePosting: false } as const;
    const player = new Player(arch).run('setPending', { vector: 0x40, on: true }).run('setPir', { vector: 0x31 });
    player.run('vmEntry', { interruptFlag: false }).run('signal', { physical: 'posted' }).run('arrive');
    expect(player.see('virtualApic', 'rvi')).toBe(0x31);
  });
});

describe('the local APIC without APICv', () => {
  const direct = { ...alone, apicv: 'off' } as const;

  it('commits a vector that is chosen for injection, whatever becomes pending after it', () => {
    const player = new Player(direct).run('post', { vector: 0x31 }).run('abortEntry').run('post', { vector: 0x40 });
    expect(player.set('apic', 'isr')).toEqual([0x31]);
    expect(player.see('core', 'inflight')).toBe(0x8000_0031);
    player.run('enter');
    expect(player.delivered).toEqual([0x31]);
    expect(player.exit).toBe(7);
    expect(player.run('enter').delivered).toEqual([0x31, 0x40]);
  });

  it('has a threshold for what TPR hides, and exits when TPR falls below it', () => {
    const player = new Player(direct).run('enter').run('tpr', { priority: 0x30 }).run('exit');
    player.run('post', { vector: 0x3e }).run('enter');
    expect(player.see('virtualApic', 'threshold')).toBe(3);
    expect(player.run('tpr', { priority: 0x2f }).exit).toBe(43);
    expect(player.run('enter').delivered).toEqual([0x3e]);
  });

  it('shows the low half of PPR on a tie as the configuration says', () => {
    const ppr = (pprOnTie: 'tpr' | 'zero'): number => {
      const player = new Player({ ...direct, pprOnTie }).run('post', { vector: 0x20 }).run('enter');
      return player.run('tpr', { priority: 0x2f }).run('read', { register: 'ppr' }).see('reply', 'value');
    };
    expect([ppr('tpr'), ppr('zero')]).toEqual([0x2f, 0x20]);
  });

  it('keeps a line that was refused until it is enabled', () => {
    const player = new Player(direct).run('enter').run('svr', { on: false }).run('raise');
    expect(player.see('ioapic', 'remoteIrr')).toBe(0);
    player.run('enter').run('svr', { on: true });
    expect(player.set('apic', 'irr')).toEqual([0x31]);
    expect(player.see('ioapic', 'remoteIrr')).toBe(1);
  });
});

describe('the scheduler', () => {
  const asleep = (): Player => new Player(alone).run('enter').run('hlt').run('block');

  it('wakes a sleeper by the wake-up vector of the device', () => {
    const player = asleep();
    expect(player.control()).toBe('f1');
    expect(player.run('devicePost', { vector: 0x31 }).sent).toEqual(['wakeup@0']);
    player.run('arrive', { physical: 'wakeup' });
    expect(player.flags('schedule', 'flags')).toEqual([]);
    player.run('load').run('block');
    expect(player.flags('core', 'flags')).toEqual(['if']);
    expect(player.run('enter').delivered).toEqual([0x31]);
  });

  it('finds at scheduling in what the device has posted without a notification', () => {
    const player = new Player(alone).run('unload', { preempted: true }).run('devicePost', { vector: 0x31 });
    expect(player.control()).toBe('sn f2');
    expect(player.sent).toEqual([]);
    expect(player.run('load').control()).toBe('on f2');
    expect(player.run('enter').delivered).toEqual([0x31]);
  });

  it('names the physical CPU by its APIC ID, with xAPIC in bits 15:8', () => {
    for (const [mode, ndst] of [
      ['x2apic', 1],
      ['xapic', 0x100],
    ] as const) {
      const player = new Player({ vcpus: 1, mode }).run('unload').run('load', { pcpu: 1 });
      expect(player.see('descriptor', 'ndst')).toBe(ndst);
      expect(player.run('devicePost').sent).toEqual(['posted@1']);
    }
  });

  it('saves what is posted, and restores RVI', () => {
    const player = new Player(alone).run('unload', { preempted: true }).run('devicePost', { vector: 0x40 });
    player.run('saveRestore');
    expect(player.set('apic', 'irr')).toEqual([0x40]);
    expect(player.see('virtualApic', 'rvi')).toBe(0x40);
    expect(player.set('descriptor', 'pir')).toEqual([]);
  });

  it('loses nothing when APICv is switched', () => {
    const player = new Player(alone).run('post', { vector: 0x31 }).run('enter').run('selfIpi', { vector: 0x20 });
    player.run('switchApicv', { on: false }).run('post', { vector: 0x40 }).run('switchApicv', { on: true });
    expect(['rvi', 'svi'].map((field) => player.see('virtualApic', field))).toEqual([0x40, 0x31]);
    expect(player.run('enter').delivered).toEqual([0x31, 0x40]);
  });
});

describe('posted interrupts for L2', () => {
  const nested = { ...alone, nested: true } as const;
  const inL2 = (profile: 'sdm' | 'kvm' = 'sdm'): Player =>
    new Player({ ...nested, profile }).run('enter').run('nestedEntry').run('nestedPost', { vector: 0x31 });

  it('are processed when the notification vector of L1 is deliverable, and L1 does not notice', () => {
    const player = inL2().run('post', { vector: 0xf2 });
    expect(player.run('arrive').exit).toBe(1);
    player.run('enter');
    expect(player.see('effects', 'consumed')).toBe(1);
    expect(player.see('delivery', 'taker')).toBe(2);
    expect(player.delivered).toEqual([0x31]);
    expect([player.set('apic', 'irr'), player.set('apic', 'isr')]).toEqual([[], []]);
    expect(player.see('exit', 'l1Reason')).toBe(0);
  });

  it('wait for the priority of L1 by the manual, and pass by it in Linux', () => {
    for (const [profile, consumed] of [
      ['sdm', []],
      ['kvm', [0x31]],
    ] as const) {
      const player = new Player({ ...nested, profile }).run('enter').run('tpr', { priority: 0xf0 });
      player.run('nestedEntry').run('nestedPost', { vector: 0x31 }).run('post', { vector: 0xf2 });
      expect(player.sent).toEqual([profile === 'sdm' ? 'posted@0' : 'nested@0']);
      player.run('exit').run('enter');
      expect(player.delivered).toEqual(consumed);
    }
  });

  it('do not keep another vector of L1 from making L2 exit, acknowledged', () => {
    const player = inL2().run('post', { vector: 0x40 }).run('arrive').run('enter');
    expect([player.see('exit', 'l1Reason'), player.see('exit', 'l1Interruption')]).toEqual([0x8000_0001, 0x8000_0040]);
    expect(player.flags('core', 'flags')).toEqual([]);
    expect(player.see('virtualApic', 'svi')).toBe(0x40);
    expect(player.delivered).toEqual([]);
  });

  it('are delivered before an exit to L1 by the manual, and after it in Linux', () => {
    const orders = [
      ['sdm', [0x31]],
      ['kvm', []],
    ] as const;
    for (const [profile, delivered] of orders) {
      const player = new Player({ ...nested, profile }).run('enter').run('nestedEntry');
      player.run('cli').run('selfIpi', { vector: 0x31 }).run('sti').run('nestedExit');
      player.run('post', { vector: 0x40 }).run('nestedEntry');
      expect(player.see('exit', 'l1Reason')).toBe(0x8000_0001);
      expect(player.delivered).toEqual(delivered);
      expect(player.see('nested', 'rvi')).toBe(profile === 'sdm' ? 0 : 0x31);
    }
  });

  it('forget a remembered notification when L1 enters L2 again (Linux)', () => {
    const player = inL2('kvm').run('post', { vector: 0xf2 });
    expect(player.flags('nested', 'flags')).toContain('piPending');
    player.run('nestedExit').run('nestedEntry');
    expect(player.flags('nested', 'flags')).not.toContain('piPending');
    expect(player.set('nested', 'pir')).toEqual([0x31]);
  });
});

describe('atomic steps', () => {
  const entering = (): Player => new Player(inSteps).run('start', { operation: 'enter' });

  it('a post after the sync notifies, because the target is marked before it syncs', () => {
    const player = entering().steps('target', 3);
    player.run('startPost', { vector: 0x40 }).finish('poster0');
    expect(player.skipped('arrive')).toBeDefined();
    player.finish('target').run('arrive').finish('target');
    expect(player.delivered).toEqual([0x40]);
  });

  it('two posts around a sync are both delivered: ON is cleared before PIR is read', () => {
    const player = new Player(inSteps).run('startPost', { vector: 0x31 }).finish('poster0');
    player.run('start', { operation: 'enter' }).steps('target', 5);
    expect(player.stepOf('target')).toBe('write-rvi');
    player.run('startPost', { vector: 0x40 }).finish('poster0').finish('target').run('arrive').finish('target');
    expect(player.delivered).toEqual([0x31, 0x40]);
  });

  it('a post that is too late for the look of a sleeper wakes it', () => {
    const player = entering().finish('target').run('start', { operation: 'halt' }).finish('target');
    player.run('start', { operation: 'block' });
    while (player.stepOf('target') !== 'decide') player.steps('target', 1);
    player.run('startPost', { vector: 0x31 }).finish('poster0').finish('target');
    expect(player.flags('schedule', 'flags')).toEqual(['loaded']);
    expect(player.flags('core', 'flags')).toContain('halted');
  });

  it('a device post before NV is switched is found by the test of ON after it', () => {
    const player = entering().finish('target').run('start', { operation: 'halt' }).finish('target');
    player.run('start', { operation: 'block' });
    while (player.stepOf('target') !== 'switch-nv') player.steps('target', 1);
    expect(player.run('devicePost', { vector: 0x31 }).sent).toEqual(['posted@0']);
    player.finish('target').run('arrive').run('arrive', { physical: 'wakeup' });
    expect(player.flags('schedule', 'flags')).toEqual([]);
  });

  it('an urgent notification that finds ON set sends nothing, and the first one is enough', () => {
    const player = entering().finish('target').run('devicePost', { vector: 0x31 });
    expect(player.run('devicePost', { vector: 0x40, urgent: true }).sent).toEqual([]);
    player.run('arrive').finish('target');
    expect(player.set('apic', 'isr')).toEqual([0x40]);
    expect(player.set('apic', 'irr')).toEqual([0x31]);
  });
});
