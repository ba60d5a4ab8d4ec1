import { describe, expect, it } from 'vitest';
import { Player } from './player.ts';

/** Virtual CPU 0 has its timer fire, and acknowledges it. */
const inService = (player: Player): Player =>
  player.run('enter').run('programTimer').run('hostIrq').run('enter').run('iar');

describe('a timer that two guests share', () => {
  const shared = (): Player => new Player({ vcpus: 2, vms: 2 });

  it('has its active state switched with the guest', () => {
    const player = inService(shared());
    expect(player.reply).toBe(27);
    expect(player.physical('active')).toEqual([27]);
    player.run('exit').run('put').run('load', { vcpu: 1 });
    expect(player.physical('active')).toEqual([]);
    player.run('enter', { vcpu: 1 }).run('programTimer', { vcpu: 1 });
    expect(player.signalled()).toBe(27);
    player.run('hostIrq');
    expect(player.virtual('software', 'line', 1)).toEqual([27]);
    expect(player.virtual('software', 'line', 0)).toEqual([]);
    player.run('put', { vcpu: 1 }).run('load');
    expect(player.physical('active')).toEqual([27]);
    expect(player.run('enter').listed()).toEqual(['active 27']);
  });

  it('is silent while its owner is not loaded', () => {
    const player = shared().run('enter').run('programTimer', { deadline: 'later' }).run('exit').run('put').run('tick');
    expect(player.run('load', { vcpu: 1 }).signalled()).toBe(1023);
    player.run('put', { vcpu: 1 }).run('load');
    expect(player.virtual('software', 'line')).toEqual([27]);
    expect(player.physical('active')).toEqual([27]);
    expect(player.signalled()).toBe(1023);
  });

  it('fires while its owner runs', () => {
    const player = shared().run('enter').run('programTimer', { deadline: 'later' });
    expect(player.signalled()).toBe(1023);
    expect(player.run('tick').signalled()).toBe(27);
    expect(player.skipped('tick')).toBeDefined();
    expect(player.run('programTimer', { masked: true }).signalled()).toBe(1023);
  });
});

describe('a virtual CPU that moves', () => {
  it('takes mask and active priorities along', () => {
    const player = inService(new Player({ vcpus: 2, pcpus: 2 }))
      .run('pmr', { mask: 0xa8 })
      .run('exit')
      .run('put');
    const { vmcr, apr } = { vmcr: player.see('interface', 'vmcr', 0), apr: player.see('interface', 'apr', 0) };
    player.run('put', { vcpu: 1 }).run('load', { pcpu: 1 });
    expect(player.see('interface', 'vmcr', 1)).toBe(vmcr);
    expect(player.see('interface', 'apr', 1)).toBe(apr);
    expect(player.physical('active', 1)).toEqual([27]);
    player.run('enter').run('eoir');
    expect(player.physical('active', 1)).toEqual([]);
    expect(player.see('interface', 'apr', 1)).toBe(0);
    player.run('load', { vcpu: 1, pcpu: 0 });
    expect(player.physical('active', 0)).toEqual([]);
    expect(player.see('interface', 'apr', 0)).toBe(0);
  });

  it('completes an SPI from wherever it runs', () => {
    const player = new Player({ vcpus: 2, pcpus: 2 })
      .run('raise', { wire: 'p40' })
      .run('hostIrq')
      .run('enter')
      .run('iar');
    player.run('exit').run('put').run('put', { vcpu: 1 }).run('load', { pcpu: 1 }).run('enter').run('eoir');
    expect(player.physical('active', 0)).toEqual([]);
    expect(player.signalled(0)).toBe(40);
    expect(player.signalled(1)).toBe(1023);
  });

  it('loses its timer interrupt when it is reset', () => {
    const player = inService(new Player({ vcpus: 2 }))
      .run('exit')
      .run('put')
      .run('resetVcpu');
    expect(player.virtual('distributor', 'active')).toEqual([]);
    expect(player.virtual('software', 'listed')).toEqual([27]);
    player.run('load');
    expect(player.physical('active')).toEqual([]);
    expect(player.run('abortEntry').virtual('software', 'listed')).toEqual([]);
  });
});
