import { describe, expect, it } from 'vitest';
import { Player } from './player.ts';

const uie = 0b10;

describe('more interrupts than list registers', () => {
  /** SPI 33 at the default priority, then SPI 32 at priority 0x40. */
  const two = (nrLr: 1 | 2): Player =>
    new Player({ nrLr })
      .run('setPriority', { intid: 32, priority: 0x40 })
      .run('pulse', { wire: 'spi33.vm0' })
      .run('raise', { wire: 'spi32.vm0' })
      .run('enter');

  it('are offered by priority, the rest waits in software', () => {
    const player = two(1);
    expect(player.listed()).toEqual(['pending 32']);
    expect(player.virtual('distributor', 'pending')).toEqual([32, 33]);
  });

  it('keep the order of arrival while they fit', () => {
    expect(two(2).listed()).toEqual(['pending 33', 'pending 32']);
    expect(two(2).run('iar').reply).toBe(32);
  });

  it('ask for a maintenance interrupt when at most one is left, until the next exit', () => {
    const player = two(1);
    expect(player.see('interface', 'hcr') & uie).toBe(uie);
    expect(player.see('interface', 'misr')).toBe(0b10);
    player.run('iar').run('eoir').run('exit');
    expect(player.see('interface', 'hcr')).toBe(0);
    player.run('lower', { wire: 'spi32.vm0' }).run('abortEntry').run('enter');
    expect(player.listed()).toEqual(['pending 33']);
    expect(player.see('interface', 'hcr')).toBe(1);
  });

  it('keep the one in service in its list register', () => {
    const player = new Player({ nrLr: 1 }).run('pulse', { wire: 'spi33.vm0' }).run('enter').run('iar');
    player.run('setPriority', { intid: 32, priority: 0 }).run('raise', { wire: 'spi32.vm0' }).run('enter');
    expect(player.listed()).toEqual(['active 33']);
    expect(player.see('interface', 'hcr') & uie).toBe(uie);
  });

  it('keep their order where priorities are equal', () => {
    const player = new Player({ nrLr: 2 }).run('pulse', { wire: 'spi33.vm0' }).run('raise', { wire: 'spi32.vm0' });
    expect(player.run('raise', { wire: 'ppi30.cpu0' }).run('enter').listed()).toEqual(['pending 33', 'pending 32']);
  });
});

describe('an SGI', () => {
  const three = (config: object = {}): Player => new Player({ vcpus: 3, ...config });
  const send = (player: Player, from: 0 | 1 | 2, sgi: 0 | 1 | 15 = 1): Player =>
    player.run('sendSgi', { vcpu: from, sgi, filter: 0, cpus: 1 });
  /** Virtual CPUs 1 and 2 send SGI 1 to virtual CPU 0. */
  const fromBoth = (): Player => {
    const player = send(three({ pcpus: 2 }), 1)
      .run('put', { vcpu: 1 })
      .run('load', { vcpu: 2, pcpu: 1 });
    return send(player, 2);
  };

  it('from two sources takes one list register, and is acknowledged once for each, lowest first', () => {
    const player = fromBoth().run('enter');
    expect(player.listRegisters()).toMatchObject([{ state: 'pending', intid: 1, source: 1, eoi: true }]);
    expect(player.see('software', 'sources')).toBe(1 << (3 + 2));
    expect(player.run('iar').reply).toBe(1 | (1 << 10));
    player.run('exit').run('enter');
    expect(player.listRegisters()).toMatchObject([{ state: 'active', intid: 1, source: 1, eoi: true }]);
    player.run('eoir');
    expect(player.see('interface', 'lines')).toBe(0b100);
    player.run('exit').run('enter');
    expect(player.listRegisters()).toMatchObject([{ state: 'pending', intid: 1, source: 2, eoi: false }]);
    expect(player.run('iar').reply).toBe(1 | (2 << 10));
    expect(player.run('eoir').run('exit').run('enter').listed()).toEqual([]);
  });

  it('with sources waiting holds back what has lower priority', () => {
    const player = fromBoth().run('setPriority', { intid: 1, priority: 0x40 }).run('raise', { wire: 'spi32.vm0' });
    expect(player.run('enter').listed()).toEqual(['pending 1']);
  });

  it('with sources waiting does not hold back its equals', () => {
    const player = fromBoth().run('raise', { wire: 'spi32.vm0' });
    expect(player.run('enter').listed()).toEqual(['pending 1', 'pending 32']);
  });

  it('from the same source coalesces, and returns to that source when it is not acknowledged', () => {
    const player = three({ pcpus: 2 });
    send(send(player, 1), 1).run('enter').run('exit');
    expect(player.see('software', 'sources')).toBe(1 << (3 + 1));
    expect(player.run('enter').run('iar').reply).toBe(1 | (1 << 10));
    expect(player.run('eoir').run('exit').run('enter').listed()).toEqual([]);
  });

  it('goes where the filter says', () => {
    const sources = (player: Player): readonly number[] => [0, 1, 2].map((v) => player.see('software', 'sources', v));
    expect(sources(three().run('sendSgi', { filter: 0, cpus: 0x7, sgi: 0 }))).toEqual([1, 1, 1]);
    expect(sources(three().run('sendSgi', { filter: 0, cpus: 0x4, sgi: 0 }))).toEqual([0, 0, 1]);
    expect(sources(three().run('sendSgi', { filter: 1, sgi: 0 }))).toEqual([0, 1, 1]);
    expect(sources(three().run('sendSgi', { filter: 2, sgi: 0 }))).toEqual([1, 0, 0]);
    expect(sources(three().run('sendSgi', { filter: 3, sgi: 0 }))).toEqual([0, 0, 0]);
    expect(sources(three({ vms: 2 }).run('sendSgi', { filter: 1, sgi: 0 }))).toEqual([0, 1, 0]);
    expect(three().skipped('sendSgi', { filter: 1, cpus: 0x2 })).toBeDefined();
  });

  it('has its sources set and cleared one by one', () => {
    const player = three().run('setSgiPending', { sgi: 15, source: 1 }).run('setSgiPending', { sgi: 15, source: 2 });
    player.run('clearSgiPending', { sgi: 15, source: 1 });
    expect(player.see('software', 'sources')).toBe(1 << (6 + 2));
    expect(player.virtual('distributor', 'pending')).toEqual([15]);
    player.run('clearSgiPending', { sgi: 15, source: 2 });
    expect(player.virtual('distributor', 'pending')).toEqual([]);
  });

  it('ignores enable, disable and the pending registers', () => {
    const player = new Player().run('disable', { intid: 1 }).run('setPending', { intid: 1 });
    expect(player.virtual('distributor', 'enabled')).toContain(1);
    expect(player.virtual('distributor', 'pending')).toEqual([]);
    player.run('sendSgi', { sgi: 1 }).run('clearPending', { intid: 1 });
    expect(player.virtual('distributor', 'pending')).toEqual([1]);
  });
});
