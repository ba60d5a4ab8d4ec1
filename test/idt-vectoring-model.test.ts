import { describe, expect, it } from 'vitest';
import { partClasses, type VectoredEvent } from '../model/idt-vectoring/index.ts';
import { refusedEntries, type RefusedName } from '../spec/idt-vectoring/universe.ts';
import { native, Player } from './idt-vectoring/player.ts';

describe('an exit that cuts a delivery short', () => {
  it('tells the event, its error code and its length, and finds its side effects done', () => {
    const fault = new Player().run('obstruct').run('fault', { vector: 14 });
    expect([fault.see('exit', 'reason'), fault.see('exit', 'vectoring')]).toEqual([48, 0x8000_0b0e]);
    expect([fault.see('guest', 'cr2'), fault.see('exit', 'rf'), fault.outside]).toEqual([0xa000, 1, true]);
    const soft = new Player().run('obstruct', { obstacle: 'pml' }).run('int3');
    expect([soft.see('exit', 'reason'), soft.see('exit', 'vectoring')]).toEqual([62, 0x8000_0603]);
    expect([soft.see('exit', 'length'), soft.see('exit', 'rip')]).toEqual([1, 0]);
    expect(soft.defined('exit', 'qualification')).toBe(0);
  });

  it('has acknowledged the interrupt, once: one that comes again is another one', () => {
    const player = new Player().run('obstruct').run('external', { vector: 0x31 }).run('nop');
    expect([player.see('exit', 'vectoring'), player.inService]).toEqual([0x8000_0031, [0x31]]);
    player.run('external', { vector: 0x31 }).run('enter');
    expect([player.reached, player.see('pending', 'irr')]).toEqual([['31@0'], 2]);
    expect(player.run('eoi').run('iret').run('nop').reached).toEqual(['31@0', '31@0']);
  });

  it('has ended HLT and the shadows', () => {
    const player = new Player().run('hlt').run('obstruct').run('nmi').run('nop');
    expect([player.see('exit', 'activity'), player.see('exit', 'interruptibility')]).toEqual([0, 8]);
    expect(player.run('enter').reached).toEqual(['2@1']);
  });

  it('injects an NMI again with bit 3 clear under virtual NMIs, and as it is without', () => {
    const loaded = (nmi: 'virtual' | 'direct'): readonly number[] => {
      const player = new Player({ nmi }).run('obstruct').run('nmi').run('nop').run('enter');
      expect(player.flags('delivery', 'flags')).toContain('nmiBlocked');
      return [player.see('entry', 'interruption'), player.see('entry', 'interruptibility')];
    };
    expect([loaded('virtual'), loaded('direct')]).toEqual([
      [0x8000_0202, 0],
      [0x8000_0202, 8],
    ]);
  });

  it('may happen several times over, and the guest sees one delivery with the same frame', () => {
    const player = new Player()
      .run('obstruct')
      .run('obstruct', { obstacle: 'pml' })
      .run('obstruct', { obstacle: 'apicAccess' });
    player.run('inject', { event: 'int21' });
    expect([player.see('exit', 'reason'), player.see('exit', 'length')]).toEqual([48, 2]);
    expect(player.run('enter').see('exit', 'reason')).toBe(62);
    expect(player.run('enter').see('exit', 'qualification')).toBe(0x3000);
    expect(player.run('enter').reached).toEqual(['21@2']);
    expect(player.run('kick').reached).toEqual(['21@2']);
  });

  it('repairs a page fault of its own without telling the guest', () => {
    const player = new Player({ paging: 'shadow' }).run('obstruct').run('fault', { vector: 13 });
    expect([player.see('exit', 'interruption'), player.see('exit', 'vectoring')]).toEqual([0x8000_0b0e, 0x8000_0b0d]);
    expect([player.run('enter').reached, player.see('guest', 'cr2')]).toEqual([['d@0'], 0]);
  });

  it('of L1 hands the event to L1, which gives it back', () => {
    const player = new Player().run('obstruct', { obstacle: 'client' }).run('intn', { vector: 14 });
    expect(player.section('client')).toEqual([48, 0x8000_040e, 0, 2]);
    expect(player.run('enter').reached).toEqual(['e@2']);
  });

  it('performs the switch of a task gate, and injects nothing again', () => {
    const player = new Player().run('gate', { vector: 0x21, state: 'task' }).run('intn', { vector: 0x21 });
    expect([player.see('exit', 'reason'), player.see('exit', 'qualification')]).toEqual([9, 0xc000_0040]);
    expect([player.see('exit', 'rip'), player.see('entry', 'interruption')]).toEqual([0, 0]);
    expect([player.reached, player.flags('delivery', 'flags')]).toEqual([['21@2'], ['if', 'task']]);
  });

  it('survives a migration as an injected event', () => {
    const player = new Player({ intercepts: 'faults' }).run('obstruct').run('fault', { vector: 13 }).run('nmi');
    const before = player.section('hypervisor');
    expect(player.run('migrate').section('hypervisor')).toEqual(before);
    expect(player.run('nop').reached).toEqual(['d@0', '2@e000']);
  });
});

describe('a second exception during delivery', () => {
  const spoiled = (vector: 0 | 13 | 14 | 17 | 20, fault: 'gp' | 'pf' | 'ac'): Player =>
    new Player().run('spoil', { fault }).run('fault', { vector });

  it('follows the table of #DF', () => {
    const first = [17, 13, 14, 20] as const;
    const table = first.map((vector) =>
      (['ac', 'gp', 'pf'] as const).map((fault) => spoiled(vector, fault).reached[0]),
    );
    expect(table).toEqual([
      ['11@0', 'd@0', 'e@0'],
      ['11@0', '8@0', 'e@0'],
      ['11@0', '8@0', '8@0'],
      ['11@0', '8@0', '8@0'],
    ]);
  });

  it('is combined with the latest event: #GP, #PF, #PF is a double fault', () => {
    const player = new Player()
      .run('spoil', { fault: 'pf' })
      .run('spoil', { fault: 'pf' })
      .run('fault', { vector: 13 });
    expect([player.reached, player.see('delivery', 'error')]).toEqual([['8@0'], 0]);
  });

  it('is a triple fault during delivery of #DF; a benign one as the processor likes', () => {
    const third = (fault: 'gp' | 'ac', dfThenBenign: 'shutdown' | 'serial'): Player => {
      const player = new Player({ dfThenBenign }).run('spoil', { fault: 'gp' }).run('spoil', { fault });
      return player.run('fault', { vector: 13 });
    };
    for (const player of [third('gp', 'serial'), third('ac', 'shutdown')]) {
      expect([player.see('exit', 'reason'), player.see('exit', 'vectoring')]).toEqual([2, 0]);
      expect(player.flags('guest', 'flags')).toEqual(['shutdown']);
    }
    expect(third('ac', 'serial').reached).toEqual(['11@0']);
  });

  it('asks the exception bitmap first: an intercepted #GP during #GP is no #DF until software makes it one', () => {
    const player = new Player({ intercepts: 'faults' }).run('spoil', { fault: 'gp' }).run('fault', { vector: 13 });
    // The first #GP exits by itself; it is injected, and that delivery meets the second.
    expect([player.see('exit', 'vectoring'), player.see('hypervisor', 'inflight')]).toEqual([0, 0x8000_0b0d]);
    player.run('enter');
    expect([player.see('exit', 'interruption'), player.see('exit', 'vectoring')]).toEqual([0x8000_0b0d, 0x8000_0b0d]);
    expect(player.see('hypervisor', 'inflight')).toBe(0x8000_0b08);
    expect(player.run('enter').reached).toEqual(['8@0']);
  });

  it('makes a #DF that exits by bit 8, without IDT-vectoring information', () => {
    const player = new Player({ intercepts: 'df' }).run('spoil', { fault: 'gp' }).run('fault', { vector: 13 });
    expect([player.see('exit', 'interruption'), player.see('exit', 'vectoring')]).toEqual([0x8000_0b08, 0]);
    expect(player.run('enter').reached).toEqual(['8@0']);
  });

  it('consumes an interrupt, which stays in service, and raises a soft event again later', () => {
    const interrupt = new Player().run('spoil', { fault: 'gp' }).run('external', { vector: 0x31 }).run('nop');
    expect([interrupt.reached, interrupt.see('delivery', 'error'), interrupt.inService]).toEqual([
      ['d@0'],
      0x11,
      [0x31],
    ]);
    const soft = new Player().run('spoil', { fault: 'gp' }).run('intn', { vector: 0x21 });
    expect([soft.reached, soft.see('delivery', 'error')]).toEqual([['d@0'], 0x10]);
    expect(soft.run('iret').run('nop').reached).toEqual(['d@0', '21@2']);
    const injected = new Player().run('spoil').run('inject', { event: 'int21' });
    expect(injected.run('iret').run('nop').reached).toEqual(['e@0']);
  });

  it('takes INT n to the vector of an exception for what it is', () => {
    const player = new Player({ intercepts: 'all' }).run('intn', { vector: 14 });
    expect([player.reached, player.see('delivery', 'event'), player.see('guest', 'cr2')]).toEqual([
      ['e@2'],
      0x8000_000e,
      0,
    ]);
    expect(new Player().run('spoil', { fault: 'gp' }).run('intn', { vector: 13 }).reached).toEqual(['d@0']);
  });

  it('comes of gates: an absent one for all, one of higher privilege for soft events alone', () => {
    const absent = new Player()
      .run('gate', { vector: 0x31, state: 'absent' })
      .run('external', { vector: 0x31 })
      .run('nop');
    expect([absent.reached, absent.see('delivery', 'error')]).toEqual([['b@0'], (0x31 << 3) | 3]);
    const closed = new Player().run('gate', { vector: 3, state: 'closed' }).run('int3');
    expect([closed.reached, closed.see('delivery', 'error')]).toEqual([['d@0'], (3 << 3) | 2]);
    expect(closed.run('inject', { event: 'hardwareBp' }).reached).toEqual(['d@0', '3@e000']);
  });

  it('is the same when software finds it, and its page fault writes CR2 though #DF comes of it', () => {
    const player = new Player().run('spoil', { fault: 'pf', found: 'hypervisor' }).run('fault', { vector: 14 });
    expect([player.see('exit', 'reason'), player.see('hypervisor', 'inflight')]).toEqual([44, 0x8000_0b08]);
    expect([player.see('guest', 'cr2'), player.see('hypervisor', 'payload')]).toEqual([0xa000, 0xb000]);
    expect([player.run('enter').reached, player.see('delivery', 'cr2')]).toEqual([['8@0'], 0xb000]);
  });
});

describe('injection', () => {
  it('writes the payload of an intercepted exception at the entry, once, and not at the exit', () => {
    const player = new Player({ intercepts: 'all' }).run('obstruct').run('fault', { vector: 14 });
    expect([player.see('guest', 'cr2'), player.see('hypervisor', 'payload')]).toEqual([0, 0xa000]);
    player.run('enter');
    expect([player.see('guest', 'cr2'), player.see('exit', 'reason'), player.see('hypervisor', 'payload')]).toEqual([
      0xa000, 48, 0,
    ]);
    const debug = new Player({ intercepts: 'debug' }).run('movdr').run('movdr');
    expect([debug.flags('guest', 'flags'), debug.see('exit', 'qualification')]).toEqual([['if', 'gd'], 0x2000]);
    expect([debug.run('enter').see('delivery', 'dr6'), debug.flags('guest', 'flags')]).toEqual([0x2000, []]);
  });

  it('sets BS where TF is 1 and a shadow or HLT would hold the single step back', () => {
    const shadow = new Player({ intercepts: 'debug' }).run('cli').run('popf', { tf: true }).run('sti').run('nop');
    expect([shadow.see('hypervisor', 'payload'), shadow.see('exit', 'interruptibility')]).toEqual([0x4000, 1]);
    expect([shadow.run('enter').see('entry', 'pendingDebug'), shadow.reached]).toEqual([0x4000, ['1@3']]);
    const halted = new Player({ intercepts: 'debug' }).run('popf', { tf: true }).run('hlt').run('nop').run('enter');
    expect([halted.see('entry', 'pendingDebug'), halted.reached]).toEqual([0x4000, ['1@2']]);
  });

  it('has an interrupt wait for the event in flight, and for IF', () => {
    const player = new Player({ intercepts: 'faults', gates: 'trap' }).run('fault', { vector: 0 });
    player.run('external', { vector: 0x40 }).run('nop');
    expect(player.reached).toEqual(['0@0', '40@1000']);
    expect(player.see('delivery', 'event')).toBe(0x8000_0000);
  });

  it('does not put a vector that comes by INTR into ISR', () => {
    const player = new Player().run('inject', { event: 'extInt' });
    expect([player.reached, player.inService]).toEqual([['30@0'], []]);
  });

  it('pushes RF as 1 for a fault of software, and lets it suppress the instruction breakpoint it returns to', () => {
    const player = new Player().run('inject', { event: 'gp' });
    expect(player.flags('delivery', 'flags')).toEqual(['if', 'rf']);
    expect(player.run('iret').run('codeBreakpoint').reached).toEqual(['d@0']);
    expect(player.run('codeBreakpoint').reached).toEqual(['d@0', '1@1']);
  });

  const prepared: Partial<Record<RefusedName, (player: Player) => Player>> = {
    externalWithIfClear: (player) => player.run('cli'),
    stiWithIfClear: (player) => player.run('cli'),
    externalInShadow: (player) => player.run('movss'),
    nmiInMovss: (player) => player.run('movss'),
    nmiWhileBlocked: (player) => player.run('nmi').run('nop'),
    gpInHlt: (player) => player.run('hlt'),
    softInHlt: (player) => player.run('hlt'),
    shadowWithoutSingleStep: (player) => player.run('popf', { tf: true }).run('movss'),
  };
  const names = Object.keys(refusedEntries) as RefusedName[];

  it.each(names)('refuses %s, where it is wrong, and keeps the event', (fields) => {
    const config = { zeroLengthInjection: false } as const;
    if (prepared[fields] !== undefined) expect(new Player(config).skipped('refused', { fields })).toBeDefined();
    const player = prepared[fields]?.(new Player(config)) ?? new Player(config);
    const before = player.section('guest');
    player.run('refused', { fields });
    const { fails, interruption } = refusedEntries[fields];
    expect(player.section('entry').slice(-2)).toEqual([fails === 'early' ? 7 : 0x8000_0021, interruption]);
    expect(player.section('guest')).toEqual(before);
  });

  it('is made where the processor allows more', () => {
    expect(new Player().skipped('refused', { fields: 'zeroLength' })).toBeDefined();
    const lenient = new Player({ noHwErrCodeCheck: true });
    expect(lenient.skipped('refused', { fields: 'errorCodeOnDb' })).toBeDefined();
    expect(new Player().run('inject', { event: 'int21Zero' }).reached).toEqual(['21@0']);
  });
});

describe('NMIs', () => {
  it('of two senders are two, and of ten in the handler one more', () => {
    const two = new Player().run('nmi').run('nmi').run('nmi').run('nop').run('iret').run('nop');
    expect(two.reached).toEqual(['2@0', '2@0']);
    const ten = new Player().run('nmi').run('nop');
    for (let n = 0; n < 10; n++) ten.run('nmi');
    for (let n = 0; n < 4; n++) if (ten.skipped('iret') === undefined) ten.run('iret').run('nop');
    expect(ten.reached).toEqual(['2@0', '2@0']);
  });

  it.each(['page', 'pml'] as const)(
    'stay blocked until an IRET that met a %s has been repaired and completes',
    (meets) => {
      const player = new Player().run('nop').run('nmi').run('nop').run('nmi').run('iret', { meets });
      expect([player.see('exit', 'qualification'), player.see('exit', 'interruptibility')]).toEqual([0x1000, 0]);
      expect([player.see('entry', 'interruptibility'), player.see('guest', 'rip')]).toEqual([8, 1]);
      expect(player.run('nop').reached).toEqual(['2@1', '2@1']);
    },
  );

  it('are open once the fault of an IRET has been given to the guest', () => {
    const player = new Player({ intercepts: 'all' }).run('nmi').run('nop').run('iret', { meets: 'pf' });
    expect(player.see('exit', 'interruption')).toBe(0x8000_1b0e);
    expect(player.run('enter').flags('delivery', 'flags')).not.toContain('nmiBlocked');
    expect(player.run('nmi').run('nop').reached).toEqual(['2@0', 'e@3000', '2@f000']);
  });

  it('keep their number in a migration', () => {
    const player = new Player().run('nmi').run('nmi').run('migrate');
    expect(player.see('pending', 'nmis')).toBe(2);
  });

  it('are held back by the shadow of STI, or not', () => {
    const first = (stiBlocksNmi: boolean): string | undefined =>
      new Player({ stiBlocksNmi }).run('cli').run('sti').run('nmi').nops(2).reached[0];
    expect([first(true), first(false)]).toEqual(['2@3', '2@2']);
  });
});

describe("the guest's processor", () => {
  it('takes machine check, debug trap, NMI and interrupt in this order', () => {
    const player = new Player({ ...native, gates: 'trap' }).run('dataBreakpoint');
    player.run('external', { vector: 0x31 }).run('nmi').run('machineCheck').nops(1);
    expect(player.reached).toEqual(['12@3']);
    expect([player.nops(1).reached[1], player.see('pending', 'debug')]).toEqual(['2@13000', 0]);
    const trap = new Player({ ...native, gates: 'trap' }).run('dataBreakpoint').run('nmi').nops(2);
    expect(trap.reached).toEqual(['1@3', '2@2000']);
  });

  it('gives INT1 the type that the configuration says, and leaves DR6 and GD alone', () => {
    const seen = ([5, 3] as const).map((int1Type) => {
      const player = new Player({ int1Type, intercepts: 'debug' }).run('movdr').run('int1');
      const exit = [player.see('exit', 'interruption'), player.see('exit', 'rip')];
      player.run('enter');
      return [...exit, player.reached, player.see('delivery', 'dr6'), player.flags('delivery', 'flags')];
    });
    expect(seen).toEqual([
      [0x8000_0501, 3, ['1@4'], 0, ['if', 'gd']],
      [0x8000_0301, 4, ['1@4'], 0, ['if', 'gd']],
    ]);
  });

  it('raises #VE once, and lets the hypervisor handle the access while its area is busy', () => {
    const player = new Player().run('fault', { vector: 20 }).run('fault', { vector: 20 });
    expect([player.reached, player.see('exit', 'reason'), player.see('guest', 'rip')]).toEqual([
      ['14@0'],
      48,
      0x1_5003,
    ]);
    expect(player.run('cure').run('iret').run('nop').see('guest', 'rip')).toBe(4);
  });

  it('does not escalate what the program of a handler raises', () => {
    const player = new Player().run('fault', { vector: 13 }).run('fault', { vector: 13 });
    expect([player.reached, player.see('delivery', 'error')]).toEqual([['d@0', 'd@e000'], 0]);
  });
});

describe('a rule', () => {
  it('can be replaced alone', () => {
    class Merging extends partClasses.merging {
      override withOthers(state: Player['state'], first: VectoredEvent, second: VectoredEvent) {
        super.withOthers(state, first, second);
        return first;
      }
    }
    const player = new Player({ intercepts: 'faults' }, { parts: { merging: Merging } });
    player.run('spoil', { fault: 'gp' }).run('external', { vector: 0x31 }).run('nop').run('enter');
    expect(player.reached).toEqual(['31@0']);
  });
});
