import { describe, expect, it } from 'vitest';
import { Player } from './player.ts';

const words = (player: Player, n = 0): readonly number[] => [
  player.see('listRegister', 'low', n),
  player.see('listRegister', 'high', n),
];

describe('a list register', () => {
  it('has the layout of GICH_LR', () => {
    const player = new Player({ profile: 'arch' });
    player.run('writeLr', { lr: 0, state: 'pending+active', intid: 32, priority: 0xa0, eoi: true, group: 1 });
    expect(words(player, 0)).toEqual([0x7a08_0020, 0]);
    player.run('writeSgiLr', { lr: 1, state: 'pending', intid: 15, source: 2, priority: 0x08 });
    expect(words(player, 1)).toEqual([0x1080_080f, 0]);
    player.run('writeHwLr', { lr: 2, state: 'active', intid: 34, pIntId: 40, priority: 0xf8 });
    expect(words(player, 2)).toEqual([0xaf80_a022, 0]);
  });

  it('has the layout of ICH_LR_EL2', () => {
    const player = new Player({ profile: 'arch', encoding: 'gicv3' });
    player.run('writeLr', { lr: 0, state: 'pending+active', intid: 32, priority: 0xa0, eoi: true, group: 1 });
    expect(words(player, 0)).toEqual([32, 0xd0a0_0200]);
    player.run('writeSgiLr', { lr: 1, state: 'pending', intid: 15, source: 2, priority: 0x08 });
    expect(words(player, 1)).toEqual([0x80f, 0x4008_0000]);
    player.run('writeHwLr', { lr: 2, state: 'active', intid: 34, pIntId: 40, priority: 0xf8 });
    expect(words(player, 2)).toEqual([34, 0xa0f8_0028]);
  });
});

describe('the control registers', () => {
  it('have the layout of GICH_VMCR and GICH_HCR', () => {
    const player = new Player({ profile: 'arch', groups: 'both' });
    expect(player.see('interface', 'vmcr')).toBe(0xf84c_0007);
    expect(player.run('ctlr', { value: 0x17 }).see('interface', 'vmcr')).toBe(0xf84c_0017);
    expect(player.run('ctlr', { value: 0x0b }).see('interface', 'vmcr')).toBe(0xf84c_000b);
    expect(player.run('eoiMode', { mode: 1 }).see('interface', 'vmcr')).toBe(0xf84c_020b);
    expect(player.run('writeHcr', { value: 0xff }).see('interface', 'hcr')).toBe(0xff);
  });

  it('have the mask of ICH_VMCR_EL2 in eight bits', () => {
    const player = new Player({ profile: 'arch', encoding: 'gicv3' }).run('pmr', { mask: 0xa8 });
    expect(player.see('interface', 'vmcr')).toBe(0xa84c_0001);
  });
});
