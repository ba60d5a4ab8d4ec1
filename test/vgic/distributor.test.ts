import { describe, expect, it } from 'vitest';
import { Player } from './player.ts';

const spi32 = { wire: 'spi32.vm0' } as const;

describe('routing', () => {
  it('offers nothing that is disabled, until it is enabled', () => {
    const player = new Player().run('disable', { intid: 32 }).run('raise', spi32).run('enter');
    expect(player.listed()).toEqual([]);
    expect(player.run('enable', { intid: 32 }).run('enter').listed()).toEqual(['pending 32']);
  });

  it('takes back what is disabled while it is offered', () => {
    const player = new Player().run('raise', spi32).run('enter').run('disable', { intid: 32 }).run('enter');
    expect(player.listed()).toEqual([]);
    expect(player.virtual('software', 'listed')).toEqual([32]);
    expect(player.run('exit').virtual('software', 'listed')).toEqual([]);
    expect(player.virtual('distributor', 'pending')).toEqual([32]);
  });

  it('keeps an active interrupt listed when it is disabled or retargeted', () => {
    const player = new Player({ vcpus: 2, pcpus: 2 }).run('raise', spi32).run('enter').run('iar');
    player.run('disable', { intid: 32 }).run('setTargets', { intid: 32, cpus: 0x2 }).run('abortEntry');
    expect(player.virtual('software', 'listed', 0)).toEqual([32]);
    expect(player.run('enter').listed()).toEqual(['active 32']);
    expect(player.run('eoir').listed()).toEqual(['invalid 32']);
  });

  it('serves a retargeted pending interrupt once, at its new target', () => {
    const player = new Player({ vcpus: 2, pcpus: 2 }).run('raise', spi32).run('setTargets', { intid: 32, cpus: 0x2 });
    expect(player.virtual('software', 'listed', 0)).toEqual([32]);
    expect(player.run('enter').listed()).toEqual([]);
    player.run('exit');
    expect(player.virtual('software', 'listed', 0)).toEqual([]);
    expect(player.run('enter', { vcpu: 1 }).listed(1)).toEqual(['pending 32']);
  });

  it('targets the lowest virtual CPU that exists, or the first', () => {
    const target = (cpus: 0x2 | 0x4 | 0x7 | 0x0): number => {
      const player = new Player({ vcpus: 2 }).run('setTargets', { intid: 32, cpus }).run('raise', spi32);
      return [0, 1].findIndex((v) => player.virtual('software', 'listed', v).includes(32));
    };
    expect(([0x2, 0x4, 0x7, 0x0] as const).map(target)).toEqual([1, 0, 0, 0]);
  });

  it('holds pending interrupts back while the distributor is off, and does not look back when it is on', () => {
    const off = (distEnableRequeues: boolean): Player =>
      new Player({ distEnableRequeues }).run('switchDistributor', { on: false }).run('raise', spi32);
    expect(off(false).run('enter').listed()).toEqual([]);
    expect(off(false).run('switchDistributor').run('enter').listed()).toEqual([]);
    expect(off(false).run('switchDistributor').run('enable', { intid: 32 }).run('enter').listed()).toEqual([
      'pending 32',
    ]);
    expect(off(true).run('switchDistributor').run('enter').listed()).toEqual(['pending 32']);
  });

  it('offers active interrupts while the distributor is off', () => {
    const player = new Player().run('raise', spi32).run('enter').run('iar').run('switchDistributor', { on: false });
    expect(player.run('enter').listed()).toEqual(['active 32']);
  });

  it('keeps the two VMs apart', () => {
    const player = new Player({ vcpus: 2, vms: 2 }).run('raise', { wire: 'spi32.vm1' });
    expect(player.virtual('software', 'line', 0)).toEqual([]);
    expect(player.virtual('software', 'listed', 1)).toEqual([32]);
  });
});

describe('the registers of the distributor', () => {
  it('read the active state of an interrupt in service on another virtual CPU', () => {
    const player = new Player({ vcpus: 2, pcpus: 2 }).run('raise', spi32).run('enter').run('iar');
    player.run('readActive', { vcpu: 1, intid: 32 });
    expect(player.reply).toBe(1);
    expect(player.see('interface', 'hcr', 0)).toBe(0);
  });

  it('write the active state past a list register', () => {
    const player = new Player({ vcpus: 2, pcpus: 2 }).run('raise', spi32).run('enter').run('iar').run('lower', spi32);
    player.run('clearActive', { vcpu: 1, intid: 32 }).run('enter');
    expect(player.listed()).toEqual([]);
  });

  it('carry the active state of a mapped interrupt to the physical one', () => {
    const player = new Player().run('setActive', { intid: 34 });
    expect(player.physical('active')).toEqual([40]);
    expect(player.run('clearActive', { intid: 34 }).physical('active')).toEqual([]);
  });

  it('read the level of the device of a mapped level interrupt, and latch or line of others', () => {
    const player = new Player().run('raise', { wire: 'p40' }).run('readPending', { intid: 34 });
    expect(player.reply).toBe(1);
    expect(player.virtual('distributor', 'pending')).toEqual([]);
    expect(player.run('raise', spi32).run('readPending', { intid: 32 }).reply).toBe(1);
    expect(player.run('readPending', { intid: 33 }).reply).toBe(0);
  });

  it('do not reach a priority that is in a list register', () => {
    const player = new Player({ vcpus: 2, pcpus: 2 }).run('raise', spi32).run('enter');
    player.run('setPriority', { vcpu: 1, intid: 32, priority: 0x08 });
    expect(player.listRegisters()[0].priority).toBe(0xa0);
    expect(player.run('exit').run('enter').listRegisters()[0].priority).toBe(0x08);
  });

  it('change a trigger at rest only', () => {
    const player = new Player().run('setTrigger', { intid: 32, trigger: 'edge' }).run('raise', spi32);
    expect(player.virtual('software', 'latch')).toEqual([32]);
    expect(player.skipped('setTrigger', { intid: 32 })).toBeDefined();
    player.run('lower', spi32).run('enter').run('iar').run('eoir');
    expect(player.skipped('setTrigger', { intid: 32 })).toBeDefined();
    player.run('exit').run('setTrigger', { intid: 32 }).run('raise', spi32);
    expect(player.virtual('software', 'line')).toEqual([32]);
    expect(player.skipped('setTrigger', { intid: 34 })).toBeDefined();
  });
});

describe('WFI', () => {
  it('ends for a pending interrupt that is enabled, not active, above the mask, with the distributor on', () => {
    const player = new Player().run('raise', spi32);
    expect(player.run('wakes').reply).toBe(1);
    expect(player.run('disable', { intid: 32 }).run('wakes').reply).toBe(0);
    player.run('enable', { intid: 32 }).run('enter').run('pmr', { mask: 0xa0 }).run('exit');
    expect(player.run('wakes').reply).toBe(0);
    player.run('enter').run('pmr', { mask: 0xa8 }).run('exit');
    expect(player.run('wakes').reply).toBe(1);
    expect(player.run('switchDistributor', { on: false }).run('wakes').reply).toBe(0);
    player.run('switchDistributor').run('enable', { intid: 32 }).run('enter').run('iar').run('exit');
    expect(player.run('wakes').reply).toBe(0);
  });
});

describe('userspace', () => {
  it('writes and reads the latch alone', () => {
    const player = new Player().run('raise', spi32).run('userReadPending', { intid: 32 });
    expect(player.reply).toBe(0);
    player.run('userSetPending', { intid: 32 });
    expect(player.run('userReadPending', { intid: 32 }).reply).toBe(1);
    player.run('userSetPending', { intid: 32, value: false });
    expect(player.virtual('distributor', 'pending')).toEqual([32]);
    expect(player.run('userLineLevel', { intid: 32, value: false }).virtual('distributor', 'pending')).toEqual([]);
  });

  it('does not touch the physical side, nor the active state of a mapped interrupt', () => {
    const player = new Player().run('userSetPending', { intid: 34 }).run('userSetActive', { intid: 34 });
    expect(player.physical('active')).toEqual([]);
    expect(player.virtual('distributor', 'active')).toEqual([]);
    expect(player.run('userSetActive', { intid: 32 }).virtual('distributor', 'active')).toEqual([32]);
    expect(player.run('enter').skipped('userSetActive', { intid: 32 })).toBeDefined();
  });

  it('names the virtual CPU itself as the source of an SGI, and wipes all sources', () => {
    const player = new Player({ vcpus: 2, pcpus: 2 }).run('userSetPending', { vcpu: 1, intid: 0 });
    player.run('sendSgi', { filter: 0, cpus: 0x2 });
    expect(player.see('software', 'sources', 1)).toBe(0b011);
    expect(player.run('userSetPending', { vcpu: 1, intid: 0, value: false }).see('software', 'sources', 1)).toBe(0);
  });

  it('restores what it saved', () => {
    const player = new Player()
      .run('pulse', { wire: 'spi33.vm0' })
      .run('raise', spi32)
      .run('enter')
      .run('iar')
      .run('exit');
    const shown = (): readonly unknown[] => [
      player.virtual('distributor', 'active'),
      player.virtual('distributor', 'pending'),
      player.virtual('software', 'latch'),
      player.virtual('software', 'line'),
      player.virtual('software', 'listed'),
      player.see('interface', 'apr'),
    ];
    const before = shown();
    player.run('saveRestore');
    expect(shown()).toEqual(before);
    expect(player.run('enter').listed()).toEqual(['pending 32', 'active 33']);
  });
});
