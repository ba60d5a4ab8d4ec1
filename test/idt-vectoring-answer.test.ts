import { describe, expect, it } from 'vitest';
import type { IdtVectoringConfiguration } from '../spec/idt-vectoring/configuration.ts';
import { native, Player } from './idt-vectoring/player.ts';

type Play = (player: Player) => Player;

/** Handlers reached with each policy, and without a hypervisor. */
function traces(play: Play, config: Partial<IdtVectoringConfiguration> = {}) {
  const trace = (profile: IdtVectoringConfiguration['profile']): readonly string[] =>
    play(new Player({ ...config, profile })).reached;
  return { reinject: trace('reinject'), drop: trace('drop'), dropExceptions: trace('drop-exceptions') };
}

const cutShort: Play = (player) => player.run('obstruct', { obstacle: 'page' });

describe('dropping what the processor raises again', () => {
  const same: readonly (readonly [string, Play, readonly string[]])[] = [
    ['a fault alone', (p) => cutShort(p).run('fault', { vector: 13 }).nops(2), ['d@0']],
    ['INT3 alone', (p) => cutShort(p).run('int3').nops(2), ['3@1']],
    ['INT n alone', (p) => cutShort(p).run('intn', { vector: 0x21 }).nops(2), ['21@2']],
    ['INT1 alone', (p) => cutShort(p).run('int1').nops(2), ['1@1']],
    ['an instruction breakpoint', (p) => cutShort(p).run('codeBreakpoint').nops(2), ['1@0']],
  ];

  it.each(same)('%s: is injecting it again', (_, play, reached) => {
    const { reinject, drop, dropExceptions } = traces(play);
    expect([reinject, drop, dropExceptions]).toEqual([reached, reached, reached]);
  });

  const different: readonly (readonly [string, Play, readonly string[], readonly string[]])[] = [
    [
      'a fault and an interrupt before the entry',
      (p) => cutShort(p).run('fault', { vector: 0 }).run('external', { vector: 0x31 }).nops(1),
      ['0@0'],
      ['31@0'],
    ],
    [
      'a fault and an NMI before the entry',
      (p) => cutShort(p).run('fault', { vector: 0 }).run('nmi').nops(1),
      ['0@0', '2@1000'],
      ['2@0'],
    ],
    [
      'a fault in the shadow of STI, with an interrupt pending',
      (p) =>
        cutShort(p.run('cli').run('external', { vector: 0x40 }).run('sti'))
          .run('fault', { vector: 0 })
          .nops(1),
      ['0@2'],
      ['40@2'],
    ],
    ['a page fault whose cause goes', (p) => cutShort(p).run('fault', { vector: 14 }).run('cure').nops(2), ['e@0'], []],
    ['general detect', (p) => cutShort(p.run('movdr')).run('movdr').nops(2), ['1@3'], []],
    ['#VE', (p) => cutShort(p).run('fault', { vector: 20 }).nops(2), ['14@0'], []],
    ['a single step', (p) => cutShort(p.run('popf', { tf: true })).nops(3), ['1@2'], []],
    ['a data breakpoint', (p) => cutShort(p.run('dataBreakpoint')).nops(2), ['1@3'], []],
    ['a machine check', (p) => cutShort(p).run('machineCheck').nops(2), ['12@0'], []],
    ['a #GP that was injected', (p) => cutShort(p).run('inject', { event: 'gp' }).nops(2), ['d@0'], []],
    [
      'a #DF whose second fault was transient',
      (p) =>
        cutShort(p.run('spoil', { fault: 'gp' }))
          .run('fault', { vector: 13 })
          .nops(1),
      ['8@0'],
      ['d@0'],
    ],
  ];

  it.each(different)('%s: is something else', (_, play, reinjected, dropped) => {
    const { reinject, drop, dropExceptions } = traces(play);
    expect([reinject, drop, dropExceptions]).toEqual([reinjected, dropped, dropped]);
  });

  const notExceptions: readonly (readonly [string, Play, readonly string[], readonly string[]])[] = [
    ['an external interrupt', (p) => cutShort(p).run('external', { vector: 0x31 }).nops(2), ['31@0'], []],
    ['an NMI', (p) => cutShort(p).run('nmi').nops(2), ['2@0'], []],
    ['an INT n that was injected', (p) => cutShort(p).run('inject', { event: 'int21' }).nops(2), ['21@2'], []],
    [
      // kvm-unit-tests, eventinj: "vec 32/int $33".
      'INT n in the shadow of STI, with an interrupt pending',
      (p) =>
        cutShort(p.run('cli').run('external', { vector: 0x20 }).run('sti'))
          .run('intn', { vector: 0x21 })
          .nops(1),
      ['21@4'],
      ['20@2'],
    ],
  ];

  it.each(notExceptions)('%s: is lost or late, and the proposal keeps it', (_, play, reinjected, dropped) => {
    const { reinject, drop, dropExceptions } = traces(play);
    expect([reinject, drop, dropExceptions]).toEqual([reinjected, dropped, reinjected]);
  });

  it('leaves the vector in service, and NMIs blocked, for ever', () => {
    const player = cutShort(new Player({ profile: 'drop' }))
      .run('external', { vector: 0x40 })
      .nops(2);
    expect(player.inService).toEqual([0x40]);
    expect(player.run('external', { vector: 0x31 }).nops(2).reached).toEqual([]);
    const blocked = cutShort(new Player({ profile: 'drop' }))
      .run('nmi')
      .nops(2)
      .run('nmi')
      .nops(2);
    expect([blocked.reached, blocked.see('pending', 'nmis')]).toEqual([[], 1]);
  });

  it('makes the next machine check shut the guest down', () => {
    const player = cutShort(new Player({ profile: 'drop-exceptions' }))
      .run('machineCheck')
      .nops(2);
    expect(player.flags('guest', 'flags')).toContain('mcip');
    expect(player.run('machineCheck').run('nop').flags('guest', 'flags')).toEqual(['shutdown']);
    expect(player.skipped('nop')).toBeDefined();
  });

  it('lets the device see one more read', () => {
    const reads = (profile: 'reinject' | 'drop'): number =>
      cutShort(new Player({ profile })).run('movs').run('nop').see('guest', 'deviceReads');
    expect([reads('reinject'), reads('drop')]).toEqual([1, 2]);
  });

  it('shows the handler of an interrupt the CR2 of a fault that is still to come', () => {
    const player = cutShort(new Player({ profile: 'drop' })).run('fault', { vector: 14 });
    player.run('external', { vector: 0x31 }).run('nop');
    expect([player.reached, player.see('delivery', 'cr2')]).toEqual([['31@0'], 0xa000]);
  });

  it('turns a double page fault into a page fault, where the hypervisor shadows the page tables', () => {
    const play: Play = (p) => p.run('spoil', { fault: 'pf' }).run('fault', { vector: 14 }).nops(1);
    const { reinject, drop } = traces(play, { paging: 'shadow' });
    expect([reinject, drop]).toEqual([['8@0'], ['e@0']]);
    expect(play(new Player({ ...native, paging: 'shadow' })).reached.slice(0, 1)).toEqual(['8@0']);
  });

  it.each(['none', 'faults'] as const)(
    'is required where the guest has a fault of its own (intercepts: %s)',
    (intercepts) => {
      const play: Play = (p) => p.run('spoil', { fault: 'gp' }).run('external', { vector: 0x31 }).nops(2);
      const { reinject, drop, dropExceptions } = traces(play, { intercepts });
      expect([reinject, drop, dropExceptions]).toEqual([['d@0'], ['d@0'], ['d@0']]);
      expect(play(new Player({ intercepts })).inService).toEqual([0x31]);
    },
  );
});
