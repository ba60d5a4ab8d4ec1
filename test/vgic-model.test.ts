import { describe, expect, it } from 'vitest';
import { Player } from './vgic/player.ts';

/** The interrupt fires, the host forwards it, the guest enters. */
const forwarded = (player: Player): Player => player.run('raise', { wire: 'p40' }).run('hostIrq').run('enter');

describe('a hardware interrupt', () => {
  it('is never pending and active in a list register', () => {
    const player = forwarded(new Player()).run('iar').run('exit').run('userLineLevel', { intid: 34 }).run('enter');
    expect(player.virtual('distributor', 'pending')).toContain(34);
    expect(player.listed()).toEqual(['active 34']);
  });

  it('does not fire on the host between its handler and the completion by the guest', () => {
    const player = new Player().run('raise', { wire: 'p40' }).run('hostIrq');
    expect(player.reply).toBe(40);
    for (const kind of ['enter', 'iar', 'exit', 'enter'] as const) {
      expect(player.signalled()).toBe(1023);
      expect(player.physical('active')).toEqual([40]);
      player.run(kind);
    }
    player.run('eoir');
    expect(player.physical('active')).toEqual([]);
    expect(player.signalled()).toBe(40);
  });

  it('is deactivated by DIR, not by EOIR, with EOImode 1', () => {
    const player = forwarded(new Player({ eoiMode: 1 }))
      .run('iar')
      .run('eoir');
    expect(player.physical('active')).toEqual([40]);
    expect(player.listed()).toEqual(['active 34']);
    player.run('dir', { intid: 34 });
    expect(player.physical('active')).toEqual([]);
    expect(player.listed()).toEqual(['invalid 34']);
  });

  it('is withdrawn when its line falls before the guest acknowledges it', () => {
    const player = forwarded(new Player()).run('lower', { wire: 'p40' }).run('exit');
    expect(player.physical('active')).toEqual([]);
    expect(player.virtual('distributor', 'pending')).toEqual([]);
    expect(player.run('enter').run('iar').reply).toBe(1023);
    expect(player.run('raise', { wire: 'p40' }).signalled()).toBe(40);
  });

  it('is offered again when its line is still high', () => {
    const player = forwarded(new Player()).run('exit');
    expect(player.physical('active')).toEqual([40]);
    expect(player.run('enter').listed()).toEqual(['pending 34']);
  });

  it('is not sampled after a mere acknowledge', () => {
    const player = forwarded(new Player()).run('iar').run('lower', { wire: 'p40' }).run('exit');
    expect(player.physical('active')).toEqual([40]);
    expect(player.virtual('distributor', 'active')).toEqual([34]);
  });

  it('is not delivered twice when the handler of the guest lowers the line', () => {
    const player = forwarded(new Player())
      .run('iar')
      .run('lower', { wire: 'p40' })
      .run('eoir')
      .run('exit')
      .run('enter');
    expect(player.listed()).toEqual([]);
    expect(player.physical('active')).toEqual([]);
  });

  it('is delivered once for each completion while its line stays high', () => {
    const player = forwarded(new Player());
    for (let n = 0; n < 3; n++) {
      expect(player.run('iar').reply).toBe(34);
      expect(player.run('iar').reply).toBe(1023);
      player.run('eoir').run('hostIrq').run('enter');
    }
  });

  it('raises no maintenance interrupt when it is completed', () => {
    const player = forwarded(new Player()).run('iar').run('eoir');
    expect(player.see('interface', 'eisr')).toBe(0);
    expect(player.see('interface', 'misr')).toBe(0);
    expect(player.see('interface', 'lines') & 0b100).toBe(0);
  });

  it('delivers a second edge after the first is deactivated, exactly once', () => {
    const player = new Player().run('pulse', { wire: 'p41' }).run('hostIrq').run('enter');
    expect(player.run('iar').reply).toBe(35);
    player.run('pulse', { wire: 'p41' });
    expect(player.signalled()).toBe(1023);
    player.run('eoir');
    expect(player.signalled()).toBe(41);
    player.run('hostIrq').run('enter');
    expect(player.run('iar').reply).toBe(35);
    expect(player.run('eoir').run('exit').run('enter').run('iar').reply).toBe(1023);
  });

  it('that the host latches for an active virtual one waits in software', () => {
    const player = new Player().run('pulse', { wire: 'p41' }).run('hostIrq').run('enter').run('iar');
    player.run('setPending', { intid: 35 }).run('enter');
    expect(player.listed()).toEqual(['active 35']);
    expect(player.virtual('software', 'latch')).toEqual([35]);
    expect(player.run('eoir').run('exit').run('enter').listed()).toEqual(['pending 35']);
  });

  it('leaves no stale line behind when it was told again while active', () => {
    const player = new Player({ vcpus: 2 }).run('enter').run('programTimer').run('hostIrq').run('enter').run('iar');
    player.run('exit').run('put').run('load').run('enter');
    expect(player.virtual('software', 'line')).toEqual([27]);
    player.run('programTimer', { deadline: 'never' }).run('eoir').run('exit');
    expect(player.virtual('software', 'line')).toEqual([]);
    expect(player.physical('active')).toEqual([]);
  });

  it('set and cleared through the distributor leaves the physical one free', () => {
    const player = new Player().run('setPending', { intid: 34 });
    expect(player.physical('active')).toEqual([40]);
    player.run('clearPending', { intid: 34 });
    expect(player.physical('active')).toEqual([]);
    expect(player.run('raise', { wire: 'p40' }).signalled()).toBe(40);
  });

  it('is sampled when it is enabled', () => {
    const player = new Player().run('disable', { intid: 34 }).run('raise', { wire: 'p40' }).run('hostIrq');
    player.run('lower', { wire: 'p40' }).run('enable', { intid: 34 });
    expect(player.virtual('distributor', 'pending')).toEqual([]);
    expect(player.physical('active')).toEqual([]);
  });

  it('is masked in the place of active where completion does not reach it', () => {
    const player = forwarded(new Player({ hwDeactivation: false }));
    expect(player.physical('masked')).toEqual([40]);
    expect(player.physical('active')).toEqual([]);
    expect(player.listRegisters()[0]).toMatchObject({ state: 'pending', intid: 34, hw: false, eoi: true });
    player.run('iar').run('eoir').run('exit');
    expect(player.resampled).toEqual([34]);
    expect(player.physical('masked')).toEqual([]);
    expect(player.signalled()).toBe(40);
  });

  it('that is not mapped is completed by the host', () => {
    const player = new Player().run('unmapPhysical').run('raise', { wire: 'p40' }).run('hostIrq');
    expect(player.physical('active')).toEqual([]);
    expect(player.virtual('software', 'line')).toEqual([]);
    player.run('lower', { wire: 'p40' }).run('mapPhysical');
    expect(player.run('raise', { wire: 'p40' }).run('hostIrq').virtual('software', 'line')).toEqual([34]);
  });
});

describe('a software level interrupt', () => {
  const raised = (): Player => new Player().run('raise', { wire: 'spi32.vm0' }).run('enter');

  it('is not pending any more when its line falls before it is acknowledged', () => {
    const player = raised().run('lower', { wire: 'spi32.vm0' });
    expect(player.listed()).toEqual(['pending 32']);
    expect(player.run('exit').run('enter').listed()).toEqual([]);
  });

  it('is active only while it is in service, reported once when completed, and delivered again while high', () => {
    const player = raised().run('iar').run('exit').run('enter');
    expect(player.listRegisters()[0]).toMatchObject({ state: 'active', intid: 32, eoi: true });
    player.run('eoir');
    expect(player.see('interface', 'eisr')).toBe(1);
    expect(player.see('interface', 'elrsr')).toBe(0b1110);
    expect(player.see('interface', 'lines')).toBe(0b100);
    player.run('exit');
    expect(player.resampled).toEqual([32]);
    expect(player.run('enter').listed()).toEqual(['pending 32']);
  });

  it('stays pending over ICPENDR while its line is high', () => {
    const player = new Player().run('raise', { wire: 'spi32.vm0' }).run('clearPending', { intid: 32 });
    expect(player.virtual('distributor', 'pending')).toEqual([32]);
  });

  it('that a register write made pending is delivered once', () => {
    const player = new Player().run('setPending', { intid: 32 }).run('enter').run('iar').run('eoir').run('exit');
    expect(player.virtual('software', 'latch')).toEqual([]);
    expect(player.run('enter').listed()).toEqual([]);
  });
});

describe('a software edge interrupt', () => {
  const edge = { wire: 'spi33.vm0' } as const;

  it('returns to the latch when it is not acknowledged', () => {
    const player = new Player().run('pulse', edge).run('enter').run('exit');
    expect(player.virtual('software', 'latch')).toEqual([33]);
    expect(player.run('enter').listed()).toEqual(['pending 33']);
  });

  it('is delivered once for edges that come before the acknowledge', () => {
    const player = new Player().run('pulse', edge).run('pulse', edge).run('enter').run('iar').run('eoir').run('exit');
    expect(player.run('enter').listed()).toEqual([]);
  });

  it('is delivered again for an edge that comes while it is in service', () => {
    const player = new Player().run('pulse', edge).run('enter').run('iar').run('pulse', edge).run('exit').run('enter');
    expect(player.listed()).toEqual(['pending+active 33']);
    expect(player.run('iar').reply).toBe(1023);
    player.run('eoir');
    expect(player.listed()).toEqual(['pending 33']);
    expect(player.run('iar').reply).toBe(33);
  });

  it('survives an entry that is called off', () => {
    const player = new Player().run('pulse', edge).run('abortEntry');
    expect(player.virtual('distributor', 'pending')).toEqual([33]);
    expect(player.run('enter').listed()).toEqual(['pending 33']);
  });
});
