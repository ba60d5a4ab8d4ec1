import { describe, expect, it } from 'vitest';
import { Player } from './player.ts';

const arch = (config: object = {}): Player => new Player({ profile: 'arch', ...config });

describe('the virtual CPU interface', () => {
  it('acknowledges the highest priority, and nests what preempts', () => {
    const player = arch().run('writeLr', { lr: 0, state: 'pending', intid: 30, priority: 0x80 }).run('iar');
    player.run('writeLr', { lr: 1, state: 'pending', intid: 32, priority: 0xa0 });
    player.run('writeLr', { lr: 2, state: 'pending', intid: 33, priority: 0x40 });
    expect(player.run('iar').reply).toBe(33);
    expect(player.see('interface', 'apr')).toBe((1 << 16) | (1 << 8));
    expect(player.run('rpr').reply).toBe(0x40);
    expect(player.run('eoir').run('rpr').reply).toBe(0x80);
    expect(player.run('iar').reply).toBe(1023);
    expect(player.run('eoir').run('iar').reply).toBe(32);
  });

  it('masks a priority that equals the mask', () => {
    const player = arch().run('writeLr', { state: 'pending', intid: 30, priority: 0xa0 });
    expect(player.run('pmr', { mask: 0xa0 }).run('iar').reply).toBe(1023);
    expect(player.run('pmr', { mask: 0xa8 }).run('iar').reply).toBe(30);
  });

  it('compares group priorities with the running priority', () => {
    const player = arch()
      .run('bpr', { value: 3 })
      .run('writeLr', { lr: 0, state: 'pending', intid: 30, priority: 0x08 });
    expect(player.run('iar').reply).toBe(30);
    expect(player.see('interface', 'apr')).toBe(1);
    player.run('writeLr', { lr: 1, state: 'pending', intid: 32, priority: 0x00 });
    expect(player.run('iar').reply).toBe(1023);
  });

  it('splits group 1 like group 0 when ABPR is one above BPR', () => {
    const player = arch({ groups: 'both' }).run('bpr', { value: 4 });
    player.run('writeLr', { lr: 0, state: 'pending', intid: 30, priority: 0x40, group: 1 }).run('iar');
    player.run('writeLr', { lr: 1, state: 'pending', intid: 32, priority: 0x08, group: 1 }).run('iar');
    expect(player.see('interface', 'apr')).toBe((1 << 8) | 1);
  });

  it('does not go below the binary points that five bits of priority allow', () => {
    const player = arch().run('bpr', { value: 0 });
    expect((player.see('interface', 'vmcr') >>> 18) & 0b111111).toBe((2 << 3) | 3);
  });

  it('returns 1022 for group 1 without AckCtl, and 1022 or 1023 where that is held back', () => {
    const player = arch({ groups: 'both' }).run('writeLr', { state: 'pending', intid: 30, group: 1 });
    expect(player.run('ctlr', { value: 0x03 }).run('iar').reply).toBe(1022);
    expect(player.run('hppir').reply).toBe(1022);
    expect(player.run('ctlr', { value: 0x01 }).replies('iar')).toEqual([1023, 1022]);
    expect(player.skipped('hppir')).toBeDefined();
    expect(player.run('ctlr', { value: 0x07 }).run('pmr', { mask: 0x00 }).replies('iar')).toEqual([1023]);
    expect(player.listed()).toEqual(['pending 30']);
    expect(player.run('pmr').run('ctlr', { value: 0x03 }).run('aiar').reply).toBe(30);
    expect(player.run('eoir').listed()).toEqual(['invalid 30']);
  });

  it('hides what is pending behind a better one of a disabled group, where the implementation does so', () => {
    const player = arch({ groups: 'both', disabledGroup: 'hides' }).run('ctlr', { value: 0x01 });
    player.run('writeLr', { lr: 0, state: 'pending', intid: 30, priority: 0x00, group: 1 });
    player.run('writeLr', { lr: 1, state: 'pending', intid: 32, priority: 0x80 });
    expect(player.see('interface', 'lines')).toBe(0);
    expect(player.replies('iar')).toEqual([1023, 1022]);
  });

  it('lets no disabled group stand in the way of the other', () => {
    const player = arch({ groups: 'both' }).run('ctlr', { value: 0x01 });
    player.run('writeLr', { lr: 0, state: 'pending', intid: 30, priority: 0x00, group: 1 });
    player.run('writeLr', { lr: 1, state: 'pending', intid: 32, priority: 0x80 });
    expect(player.run('iar').reply).toBe(32);
  });

  it('takes any list register of a tie, or always the lowest', () => {
    for (const tieBreak of ['any', 'lowestLr'] as const) {
      const player = arch({ tieBreak }).run('writeLr', { lr: 0, state: 'pending', intid: 30 });
      player.run('writeLr', { lr: 2, state: 'pending', intid: 32 });
      expect(player.replies('iar')).toEqual(tieBreak === 'any' ? [30, 32] : [30]);
      expect(player.replies('hppir')).toEqual(tieBreak === 'any' ? [30, 32] : [30]);
    }
  });

  it('leaves open which line a tie of both groups raises', () => {
    const player = arch({ tieBreak: 'any', groups: 'both' }).run('ctlr', { value: 0x0f });
    player.run('writeLr', { lr: 0, state: 'pending', intid: 30 });
    expect(player.see('interface', 'lines')).toBe(0b10);
    player.run('writeLr', { lr: 1, state: 'pending', intid: 32, group: 1 });
    expect(player.defined('interface', 'lines') & 0b111).toBe(0b100);
  });

  it('has no opinion on the lowest bits of an idle running priority', () => {
    const player = arch().run('rpr');
    expect(player.reply).toBe(0xff);
    expect(player.defined('reply', 'value')).toBe(0xffff_fff8);
  });

  it('ignores special INTIDs', () => {
    const player = arch().run('writeLr', { state: 'pending', intid: 30 }).run('iar').run('eoirSpurious');
    expect(player.see('interface', 'apr')).not.toBe(0);
    expect(player.see('interface', 'hcr')).toBe(1);
    expect(player.listed()).toEqual(['active 30']);
  });

  it('counts completions that no list register holds: of EOIR in mode 0, of DIR in mode 1, modulo 32', () => {
    const complete = (player: Player): Player => {
      player.run('writeLr', { state: 'pending', intid: 30 }).run('iar');
      player.run('writeLr', { state: 'invalid', intid: 32 });
      return player;
    };
    const count = (player: Player): number => player.see('interface', 'hcr') >>> 27;
    const mode0 = arch();
    for (let n = 1; n <= 33; n++) expect(count(complete(mode0).run('eoir'))).toBe(n % 32);
    const mode1 = complete(arch({ eoiMode: 1 })).run('eoir');
    expect(count(mode1)).toBe(0);
    expect(count(mode1.run('dir', { intid: 30 }))).toBe(1);
    expect(count(mode1.run('writeHcr', { value: 0x01 }))).toBe(0);
  });

  it('lets others of the same priority in between EOIR and DIR', () => {
    const player = arch({ eoiMode: 1 }).run('writeLr', { lr: 0, state: 'pending', intid: 30 }).run('iar').run('eoir');
    player.run('writeLr', { lr: 1, state: 'pending', intid: 32 });
    expect(player.run('iar').reply).toBe(32);
    player.run('dir', { intid: 30 });
    expect(player.listed()).toEqual(['invalid 30', 'active 32']);
    expect(player.see('interface', 'apr')).toBe(1 << 20);
  });

  it('refuses what would be UNPREDICTABLE', () => {
    const player = arch().run('writeLr', { lr: 0, state: 'pending', intid: 30 });
    expect(player.skipped('writeLr', { lr: 1, state: 'active', intid: 30 })).toBeDefined();
    expect(player.skipped('dir', { intid: 30 })).toBeDefined();
    player.run('writeHwLr', { lr: 1, state: 'active', intid: 34, pIntId: 40 });
    expect(player.skipped('writeHwLr', { lr: 2, state: 'active', intid: 35, pIntId: 40 })).toBeDefined();
    player.run('iar');
    expect(player.skipped('bpr')).toBeDefined();
    expect(player.skipped('eoiMode', { mode: 1 })).toBeDefined();
    player.run('writeLr', { lr: 0, state: 'pending', intid: 30 });
    expect(player.skipped('eoir')).toBeDefined();
  });
});

describe('the maintenance interrupt', () => {
  const misr = (player: Player): number => player.see('interface', 'misr');

  it('shows its causes with En 0, and is signalled with En 1', () => {
    const player = arch().run('writeHcr', { value: 0x02 });
    expect(misr(player)).toBe(0b10);
    expect(player.see('interface', 'lines')).toBe(0);
    expect(player.run('writeHcr', { value: 0x03 }).see('interface', 'lines')).toBe(0b100);
  });

  it('is a level of the list registers as they are', () => {
    const player = arch().run('writeHcr', { value: 0x09 });
    expect(misr(player)).toBe(0b1000);
    expect(misr(player.run('writeLr', { state: 'pending', intid: 30, eoi: true }))).toBe(0);
    expect(misr(player.run('iar'))).toBe(0b1000);
    expect(misr(player.run('eoir'))).toBe(0b1001);
    expect(misr(player.run('writeLr', { lr: 1, state: 'pending+active', intid: 32 }))).toBe(0b1001);
    expect(misr(player.run('writeLr', { lr: 0, state: 'invalid' }))).toBe(0b1000);
  });

  it('watches the enables of both groups', () => {
    const player = arch({ groups: 'both' });
    const watching = (value: 0x11 | 0x21 | 0x41 | 0x81): readonly number[] =>
      ([0x00, 0x01, 0x02, 0x03] as const).map((groups) =>
        misr(player.run('writeHcr', { value }).run('ctlr', { value: groups })),
      );
    expect(watching(0x11)).toEqual([0, 0x10, 0, 0x10]);
    expect(watching(0x21)).toEqual([0x20, 0, 0x20, 0]);
    expect(watching(0x41)).toEqual([0, 0, 0x40, 0x40]);
    expect(watching(0x81)).toEqual([0x80, 0x80, 0, 0]);
  });
});

describe('the physical distributor', () => {
  it('keeps a latch over a falling line, and a pending state over deactivation', () => {
    const player = arch().run('physicalPending', { pIntId: 40, on: true }).run('raise', { wire: 'p40' });
    player.run('lower', { wire: 'p40' });
    expect(player.physical('pending')).toEqual([40]);
    expect(player.run('hostAck').reply).toBe(40);
    expect(player.physical('pending')).toEqual([]);
    player.run('raise', { wire: 'p40' });
    expect(player.signalled()).toBe(1023);
    expect(player.skipped('hostDir', { pIntId: 40 })).toBeDefined();
    expect(player.run('hostEoi').signalled()).toBe(1023);
    expect(player.run('hostDir', { pIntId: 40 }).signalled()).toBe(40);
  });

  it('signals neither what is disabled nor what is active', () => {
    const player = arch().run('pulse', { wire: 'p41' }).run('physicalActive', { pIntId: 41, on: true });
    expect(player.signalled()).toBe(1023);
    expect(player.run('physicalActive', { pIntId: 41, on: false }).signalled()).toBe(41);
    expect(player.run('physicalEnable', { pIntId: 41, on: false }).signalled()).toBe(1023);
    expect(player.run('hostAck').reply).toBe(1023);
    expect(player.run('raiseTimer', { high: true }).signalled()).toBe(27);
  });

  it('is told by the completion of a list register with HW=1', () => {
    const player = arch().run('raise', { wire: 'p40' }).run('hostAck').run('hostEoi');
    player.run('writeHwLr', { state: 'pending', intid: 34, pIntId: 40 }).run('iar');
    expect(player.physical('active')).toEqual([40]);
    player.run('eoir');
    expect(player.physical('active')).toEqual([]);
    expect(player.signalled()).toBe(40);
  });
});
