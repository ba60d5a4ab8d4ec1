import { partClasses, type Descriptor, type PartClasses } from '../model/posted-interrupts/index.ts';
import { programs, type AtomicStep, type Program } from '../spec/posted-interrupts/steps.ts';
import { distinguishes, type Mistake } from './posted-interrupts/mistake.ts';
import { alone, inSteps, type Player } from './posted-interrupts/player.ts';

/** The steps of one operation in another order, or with some left out. */
const ordered = (operation: Program, steps: readonly AtomicStep[]): Partial<PartClasses> => ({
  order: class extends partClasses.order {
    override program(asked: Program): readonly AtomicStep[] {
      return asked === operation ? steps : super.program(asked);
    }
  },
});

const without = (operation: Program, ...left: readonly AtomicStep[]): Partial<PartClasses> =>
  ordered(
    operation,
    programs[operation].filter((step) => !left.includes(step)),
  );

const asleep = (player: Player): Player =>
  player.run('start', { operation: 'enter' }).finish('target').run('start', { operation: 'halt' }).finish('target');

const races: readonly Mistake[] = [
  {
    what: 'M-15 ON is cleared after PIR is read',
    parts: ordered('enter', [
      'publish-in-guest',
      'test-on',
      'exchange-word-1',
      'exchange-word-2',
      'clear-on',
      'write-rvi',
      'vm-entry',
    ]),
    see: (player) => {
      player.run('startPost', { vector: 0x31 }).finish('poster0').run('start', { operation: 'enter' });
      while (player.set('apic', 'irr').length === 0) player.steps('target', 1);
      player.run('startPost', { poster: 1, vector: 0x31 }).finish('poster1').finish('target');
      if (player.skipped('arrive') === undefined) player.run('arrive').finish('target');
      return [player.set('descriptor', 'pir'), player.control()];
    },
    right: [[], 'f2'],
    wrong: [[0x31], 'f2'],
  },
  {
    what: 'M-16 ON is set before PIR',
    parts: ordered('post', ['set-on', 'set-pir', 'read-mode', 'send-notification', 'wake']),
    see: (player) => {
      player.run('startPost', { vector: 0x31 }).steps('poster0', 1).run('startPost', { poster: 1, vector: 0x40 });
      return player.finish('poster0').finish('poster1').set('descriptor', 'pir');
    },
    right: [0x31, 0x40],
    wrong: [0x31],
  },
  {
    what: 'M-17 sync comes before IN_GUEST',
    parts: ordered('enter', [
      'test-on',
      'clear-on',
      'exchange-word-1',
      'exchange-word-2',
      'write-rvi',
      'publish-in-guest',
      'vm-entry',
    ]),
    see: (player) => {
      player.run('start', { operation: 'enter' });
      while (player.stepOf('target') !== 'write-rvi') player.steps('target', 1);
      return player.run('startPost').finish('poster0').finish('target').flags('physical', 'pending');
    },
    right: ['posted'],
    wrong: [],
  },
  {
    what: 'M-18 block does not look at PIR (steps)',
    parts: without('block', 'check-test-on', 'check-clear-on', 'check-exchange-word-1', 'check-exchange-word-2'),
    see: (player) => {
      asleep(player).run('startPost').finish('poster0').run('start', { operation: 'block' }).finish('target');
      return player.flags('core', 'flags');
    },
    right: ['if'],
    wrong: ['if', 'halted'],
  },
  {
    what: 'M-18 NV is switched without a look at ON',
    parts: without('block', 'test-on-after-switch'),
    see: (player) => {
      asleep(player).run('start', { operation: 'block' });
      while (player.stepOf('target') !== 'switch-nv') player.steps('target', 1);
      return player.run('devicePost', { vector: 0x31 }).finish('target').flags('physical', 'pending');
    },
    right: ['posted', 'wakeup'],
    wrong: ['posted'],
  },
  {
    what: 'M-18 block marks itself after the look',
    parts: ordered('block', [
      'check-test-on',
      'check-clear-on',
      'check-exchange-word-1',
      'check-exchange-word-2',
      'decide',
      'mark-blocked',
      'schedule',
      'list',
      'switch-nv',
      'test-on-after-switch',
      'deschedule',
    ]),
    config: { ...inSteps, devicePosting: false },
    see: (player) => {
      asleep(player).run('start', { operation: 'block' });
      while (player.stepOf('target') !== 'decide') player.steps('target', 1);
      return player.run('startPost').finish('poster0').finish('target').flags('schedule', 'flags');
    },
    right: ['loaded'],
    wrong: ['blocked'],
  },
  {
    what: 'M-19 no look at PIR after SN is cleared (steps)',
    parts: without('load', 'read-pir-word-1', 'read-pir-word-2', 'set-on-after-load'),
    see: (player) => {
      player.run('start', { operation: 'preempt' }).finish('target').run('devicePost', { vector: 0x40 });
      return player.run('start', { operation: 'load1' }).finish('target').control();
    },
    right: 'on f2',
    wrong: 'f2',
  },
  {
    what: 'C30 physical interrupts are on around entry',
    parts: {
      targetOperations: class extends partClasses.targetOperations {
        override isUninterruptible(operation: Program): boolean {
          return operation !== 'enter' && super.isUninterruptible(operation);
        }
      },
    },
    see: (player) => {
      player.run('start', { operation: 'enter' });
      while (player.stepOf('target') !== 'vm-entry') player.steps('target', 1);
      player.run('startPost').finish('poster0');
      if (player.skipped('arrive') === undefined) player.run('arrive');
      return player.finish('target').flags('physical', 'pending');
    },
    right: ['posted'],
    wrong: [],
  },
];

const earlyReturn: Partial<PartClasses> = {
  posting: class extends partClasses.posting {
    override setPir(descriptor: Descriptor, vector: number): Descriptor | undefined {
      return descriptor.on ? undefined : super.setPir(descriptor, vector);
    }
  },
};

const noLook: Partial<PartClasses> = {
  blocking: class extends partClasses.blocking {
    override findsPosted(): boolean {
      return false;
    }
  },
};

const noRecheck: Partial<PartClasses> = {
  scheduling: class extends partClasses.scheduling {
    override announcesAfterLoad(): boolean {
      return false;
    }
  },
};

const bothGrainsMistakes: readonly Mistake[] = [
  {
    what: 'M-20 the poster is done when it finds ON set (whole)',
    parts: earlyReturn,
    see: (player) => player.run('post', { vector: 0x31 }).run('post', { vector: 0x40 }).set('descriptor', 'pir'),
    right: [0x31, 0x40],
    wrong: [0x31],
  },
  {
    what: 'M-20 the poster is done when it finds ON set (steps)',
    parts: earlyReturn,
    config: inSteps,
    see: (player) => {
      player.run('startPost', { vector: 0x31 }).finish('poster0').run('startPost', { vector: 0x40 });
      return player.finish('poster0').set('descriptor', 'pir');
    },
    right: [0x31, 0x40],
    wrong: [0x31],
  },
  {
    what: 'M-18 block does not look at PIR (whole)',
    parts: noLook,
    config: alone,
    see: (player) => player.run('enter').run('hlt').run('post').run('block').flags('core', 'flags'),
    right: ['if'],
    wrong: ['if', 'halted'],
  },
  {
    what: 'M-18 block does not look at PIR (steps, the same override)',
    parts: noLook,
    config: inSteps,
    see: (player) => {
      asleep(player).run('startPost').finish('poster0').run('start', { operation: 'block' }).finish('target');
      return player.flags('core', 'flags');
    },
    right: ['if'],
    wrong: ['if', 'halted'],
  },
  {
    what: 'M-19 no look at PIR after SN is cleared (whole)',
    parts: noRecheck,
    config: alone,
    see: (player) => player.run('unload', { preempted: true }).run('devicePost').run('load').control(),
    right: 'on f2',
    wrong: 'f2',
  },
  {
    what: 'M-19 no look at PIR after SN is cleared (steps, the same override)',
    parts: noRecheck,
    config: inSteps,
    see: (player) => {
      player.run('start', { operation: 'preempt' }).finish('target').run('devicePost', { vector: 0x40 });
      return player.run('start', { operation: 'load1' }).finish('target').control();
    },
    right: 'on f2',
    wrong: 'f2',
  },
];

distinguishes(
  'an order of steps that is wrong',
  races.map((mistake) => ({ config: inSteps, ...mistake })),
);
distinguishes('a decision that is wrong in whole events and in steps', bothGrainsMistakes);
