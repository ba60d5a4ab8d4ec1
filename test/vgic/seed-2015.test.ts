import { describe, expect, it } from 'vitest';
import { Player } from './player.ts';

const old = (config: object = {}): Player => new Player({ profile: 'seed-2015', ...config });

describe('the rules of 2015', () => {
  it('make the physical interrupt quiescent at exit, and active again at entry', () => {
    const player = old()
      .run('raise', { wire: 'p40' })
      .run('hostIrq')
      .run('enter')
      .run('iar')
      .run('lower', { wire: 'p40' });
    expect(player.listRegisters()).toMatchObject([{ state: 'active', intid: 34, hw: true, priority: 0 }]);
    expect(player.physical('active')).toEqual([40]);
    player.run('exit');
    expect(player.physical('active')).toEqual([]);
    expect(player.virtual('distributor', 'active')).toEqual([34]);
    player.run('enter');
    expect(player.physical('active')).toEqual([40]);
    expect(player.listed()).toEqual(['active 34']);
  });

  it('read the completion off the physical active bit, and offer what came since', () => {
    const player = old().run('pulse', { wire: 'p41' }).run('hostIrq').run('enter').run('iar');
    player.run('pulse', { wire: 'p41' }).run('eoir').run('hostIrq').run('enter');
    expect(player.listed()).toEqual(['pending 35']);
    expect(player.run('iar').reply).toBe(35);
    player.run('eoir').run('exit').run('enter');
    expect(player.listed()).toEqual([]);
  });

  it('do not offer again what is queued', () => {
    const player = old().run('raise', { wire: 'spi32.vm0' }).run('enter').run('iar').run('exit').run('enter');
    expect(player.listRegisters()).toMatchObject([{ state: 'active', intid: 32, eoi: true }]);
    player.run('eoir').run('exit');
    expect(player.resampled).toEqual([32]);
    expect(player.run('enter').listed()).toEqual(['pending 32']);
  });

  it('add an edge to the list register that holds it', () => {
    const edge = { wire: 'spi33.vm0' } as const;
    const player = old().run('pulse', edge).run('enter').run('iar').run('pulse', edge).run('exit').run('enter');
    expect(player.listed()).toEqual(['pending+active 33']);
  });

  it('offer in the order of the INTIDs, and stop when no list register is free', () => {
    const player = old({ nrLr: 1 }).run('pulse', { wire: 'spi33.vm0' }).run('setPriority', { intid: 33, priority: 0 });
    player.run('raise', { wire: 'ppi30.cpu0' }).run('enter');
    expect(player.listed()).toEqual(['pending 30']);
    expect(player.see('interface', 'hcr')).toBe(0b11);
  });

  it('give each source of an SGI a list register', () => {
    const player = old({ vcpus: 2, pcpus: 2 }).run('sendSgi', { filter: 0, cpus: 0x1 });
    player.run('sendSgi', { vcpu: 1, filter: 0, cpus: 0x1 }).run('enter');
    expect(player.listRegisters()).toMatchObject([
      { intid: 0, source: 0 },
      { intid: 0, source: 1 },
    ]);
    expect(player.run('iar').run('eoir').run('iar').reply).toBe(1 << 10);
    player.run('eoir');
    expect(player.listed()).toEqual(['invalid 0']);
  });

  it('lose the active state of the timer to nobody', () => {
    const player = old({ vcpus: 2 }).run('enter').run('programTimer').run('hostIrq').run('enter').run('iar');
    player.run('programTimer', { deadline: 'never' }).run('exit').run('put').run('load', { vcpu: 1 });
    expect(player.physical('active')).toEqual([]);
    player.run('put', { vcpu: 1 }).run('load');
    expect(player.physical('active')).toEqual([27]);
    expect(player.run('enter').run('eoir').run('exit').run('enter').listed()).toEqual([]);
  });

  it('keep no lists, and know no userspace', () => {
    const player = old().run('raise', { wire: 'spi32.vm0' });
    expect(player.virtual('software', 'listed')).toEqual([]);
    expect(player.skipped('saveRestore')).toBeDefined();
    expect(player.skipped('setActive', { intid: 32 })).toBeDefined();
    expect(player.run('wakes').reply).toBe(1);
  });
});
