import { expect, test } from 'vitest';
import type { AnyConfiguration, AnyEvent } from '../spec/alphabet.ts';
import { pack } from '../spec/packing.ts';
import { postedInterrupts } from '../spec/posted-interrupts.ts';
import { alphabet } from '../spec/posted-interrupts/alphabet.ts';
import { atomicSteps } from '../spec/posted-interrupts/steps.ts';
import { exitReasons } from '../spec/posted-interrupts/universe.ts';
import type { SystemSpec } from '../spec/system.ts';
import { eventText } from '../src/report/event-text.ts';
import { readField, wordsOf } from '../src/report/words.ts';

const words = wordsOf('posted-interrupts');
const spec: SystemSpec = postedInterrupts;
const several: AnyConfiguration = Object.fromEntries(
  Object.entries(spec.configuration).map(([name, { values }]) => [name, values[0]!]),
);
const one: AnyConfiguration = { ...several, vcpus: 1, pcpus: 1 };
const nested = { ...one, nested: true };

const zeros = (section: string): Record<string, number> =>
  Object.fromEntries(Object.keys(spec.observation[section]!.fields).map((field) => [field, 0]));
const whole = (section: string, some: Record<string, number>, config = several): string =>
  words.whole![section]!({ ...zeros(section), ...some }, config);
const read = (at: string, value: number, against: readonly number[] = [0], config = several): string => {
  const [section, field] = at.split('.') as [string, string];
  return readField(spec, { section, field }, value >>> 0, against, config);
};

test.each([
  [{}, 'no delivery'],
  [{ first: 0x8000_0031, taker: 1 }, 'delivers 0x31 to vcpu0'],
  [{ first: 0x8000_0202, second: 0x8000_0040, taker: 3 }, 'delivers NMI, then 0x40 to vcpu1'],
  [{ first: 0x8000_0020, taker: 2 }, 'delivers 0x20 to L2'],
  [{ first: 0x31, taker: 0 }, 'delivers 0x31 (not valid) to nobody'],
  [{ first: 0x8000_0320, taker: 1 }, 'delivers 0x80000320 to vcpu0'],
])('a delivery: %o', (delivery, text) => {
  expect(whole('delivery', delivery)).toBe(text);
});

test('with one virtual CPU and no L2 nobody is named', () => {
  const delivery = { first: 0x8000_0031, taker: 1 };
  expect(whole('delivery', delivery, one)).toBe('delivers 0x31');
  expect(whole('delivery', delivery, nested)).toBe('delivers 0x31 to vcpu0');
  expect(whole('effects', { accepted: 0b100, acceptor: 1, sent: 1 }, one)).toBe('accepts 0x31; sends posted');
  expect(words.instances!('apic', ['vcpu0'], one)).toBe('');
  expect(words.instances!('apic', ['vcpu0', 'vcpu1'], several)).toBe('vcpu0,1');
});

test.each([
  [{}, 'no exit'],
  [{ reason: 0x8000_0001, interruption: 0x8000_00fd }, 'exits: external interrupt (1) kick'],
  [{ reason: 0x8000_0001, interruption: 0x8000_00ec }, 'exits: external interrupt (1) host timer'],
  [{ reason: 0x8000_0001 }, 'exits: external interrupt (1)'],
  [{ reason: 0x8000_002d, qualification: 0x31 }, 'exits: EOI-induced (45) 0x31'],
  [{ reason: 0x8000_002b }, 'exits: TPR below threshold (43)'],
  [{ reason: 0x8000_002c, qualification: 0x1080 }, 'exits: APIC access (44) write of 0x80'],
  [{ reason: 0x8000_002c, qualification: 0x210 }, 'exits: APIC access (44) read of 0x210'],
  [{ reason: 0x8000_001c, qualification: 0x18 }, 'exits: CR access (28) from CR8'],
  [{ reason: 0x8000_0030, idtVectoring: 0x8000_0202 }, 'exits: EPT violation (48) while delivering NMI'],
  [{ l1Reason: 0x8000_0001, l1Interruption: 0x8000_0031 }, 'L2 exits to L1: external interrupt (1) 0x31'],
  [{ reason: 1 }, 'exits: reason 0x1'],
])('an exit: %o', (exit, text) => {
  expect(whole('exit', exit)).toBe(text);
});

test('every basic exit reason has a name', () => {
  for (const reason of Object.values(exitReasons)) {
    expect(whole('exit', { reason: 0x8000_0000 + reason })).toContain(` (${reason})`);
  }
});

test.each([
  [{}, 'no effects'],
  [{ accepted: 0b100, acceptor: 1, sent: 0b1 }, 'vcpu0 accepts 0x31; sends posted to pcpu0'],
  [{ sent: 0b1000_0010 }, 'sends wakeup to pcpu0 and kick to pcpu1'],
  [{ broadcast: 0b10_0000 }, 'EOI broadcast 0x40'],
  [{ accepted: 0b1, acceptor: 2, consumed: 1 }, 'L2 accepts 0x20; consumes the notification for L2'],
])('effects: %o', (effects, text) => {
  expect(whole('effects', effects)).toBe(text);
});

test.each<[string, number, readonly number[], string]>([
  ['apic.irr', 0b1100, [0], 'IRR {0x31 0x3e}'],
  ['apic.isr', 0, [1], 'ISR {}'],
  ['apic.ppr', 0x30, [0], 'PPR 0x30'],
  ['virtualApic.rvi', 0, [0x31], 'RVI 0'],
  ['virtualApic.flags', 0b010, [0b101], 'APICv off, interrupt recognized, no window requested'],
  ['core.flags', 0b1001, [0b0001], 'halted'],
  ['core.flags', 0b0000, [0b0001], 'IF=0'],
  ['core.inflight', 0x8000_0202, [0], 'NMI in flight'],
  ['descriptor.control', 0x00f1_0001, [0x00f2_0000], 'ON=1 NV=wakeup'],
  ['descriptor.control', 0x00f2_0002, [0x00f2_0000], 'SN=1'],
  ['descriptor.control', 0x0000_0004, [0], 'control other 0x4'],
  ['descriptor.ndst', 1, [0], 'NDST pcpu1'],
  ['schedule.mode', 1, [0], 'in guest'],
  ['schedule.mode', 0, [1], 'outside'],
  ['schedule.flags', 0b10, [0b01], 'not loaded, blocked'],
  ['schedule.list', 2, [0], 'on wake-up list of pcpu1'],
  ['physical.pending', 0b1001, [0], 'pending {posted kick}'],
  ['ioapic.level', 0, [0b10], 'line 1 low'],
  ['nested.control', 0x00f2_0000, [0], 'NV=0xf2'],
  ['steps.target', atomicSteps.indexOf('clear-on') + 1, [0], 'target next clear-on'],
  ['steps.poster0', 0x3e01, [0], 'poster0 next set-pir 0x3e'],
  ['steps.poster1', 0, [0x3e01], 'poster1 at rest'],
])('%s %i against %o', (at, value, against, text) => {
  expect(read(at, value, against)).toBe(text);
});

test('NDST holds the number of a physical CPU in bits 15:8 with xAPIC', () => {
  const xapic = { ...several, mode: 'xapic' };
  expect(read('descriptor.ndst', 0x100, [0], xapic)).toBe('NDST pcpu1');
  expect(read('descriptor.ndst', 1, [0], xapic)).toBe('NDST 0x1');
});

test('words that differ in any one bit read differently', () => {
  for (const [section, { fields }] of Object.entries(spec.observation)) {
    for (const field of Object.keys(fields)) {
      for (let bit = 0; bit < 32; bit++) {
        const word = (1 << bit) >>> 0;
        const at = `${section}.${field}`;
        if (words.whole?.[section]) {
          expect(whole(section, { [field]: word }), at).not.toBe(whole(section, {}));
        } else {
          expect(read(at, word), `${at} bit ${bit}`).not.toBe(read(at, 0, [word]));
        }
      }
    }
  }
});

test.each<[AnyEvent, number, string | undefined]>([
  [{ kind: 'read', vcpu: 0, register: 'irr1' }, 1 << 17, 'returns {0x31}'],
  [{ kind: 'read', vcpu: 0, register: 'isr7' }, 1 << 17, 'returns {0xf1}'],
  [{ kind: 'read', vcpu: 0, register: 'ppr' }, 0x30, 'returns 0x30'],
  [{ kind: 'read', vcpu: 0, register: 'cr8' }, 15, 'returns 15'],
  [{ kind: 'nestedPost', vector: 0x31 }, 1, 'ON was 0'],
  [{ kind: 'nestedPost', vector: 0x31 }, 0, 'ON was 1'],
  [{ kind: 'enter', vcpu: 0 }, 0, undefined],
])('the reply to %o', (event, value, text) => {
  expect(words.reply!.read(event, value)).toBe(text);
});

test.each<[AnyEvent, string, string]>([
  [{ kind: 'post', to: 0, vector: 0x31 }, 'post 0x31', 'post 0x31 → vcpu0'],
  [
    { kind: 'devicePost', to: 1, vector: 0x40, urgent: true },
    'devicePost 0x40 → vcpu1 urgent',
    'devicePost 0x40 → vcpu1 urgent',
  ],
  [{ kind: 'sendIpi', vcpu: 0, to: 0, vector: 0x0f }, 'sendIpi 0x0f', 'sendIpi vcpu0 0x0f → vcpu0'],
  [{ kind: 'enter', vcpu: 0 }, 'enter', 'enter vcpu0'],
  [{ kind: 'arrive', pcpu: 0, physical: 'kick' }, 'arrive kick', 'arrive kick on pcpu0'],
  [{ kind: 'load', vcpu: 0, pcpu: 1 }, 'load on pcpu1', 'load vcpu0 on pcpu1'],
  [{ kind: 'unload', vcpu: 0, preempted: false }, 'unload', 'unload vcpu0'],
  [{ kind: 'raise', line: 0 }, 'raise line 0', 'raise line 0'],
  [{ kind: 'tpr', vcpu: 0, priority: 0x20 }, 'tpr 0x20', 'tpr vcpu0 0x20'],
  [{ kind: 'startPost', poster: 1, vector: 0x3e }, 'startPost poster1 0x3e', 'startPost poster1 0x3e'],
  [{ kind: 'step', agent: 'target' }, 'step target', 'step target'],
  [{ kind: 'setStatus', rvi: 0x31, svi: 0 }, 'setStatus RVI 0x31 SVI 0', 'setStatus RVI 0x31 SVI 0'],
  [
    { kind: 'vmEntry', interruptFlag: true, blocking: 'sti', activity: 'active' },
    'vmEntry IF=1 sti-blocking',
    'vmEntry IF=1 sti-blocking',
  ],
])('an event: %o', (event, alone, among) => {
  expect(eventText(spec, event, one)).toBe(alone);
  expect(eventText(spec, event, several)).toBe(among);
});

test('events that differ read differently', () => {
  const { events } = pack(alphabet);
  for (const config of [several, one]) {
    expect(new Set(events.map((event) => eventText(spec, event, config))).size).toBe(events.length);
  }
});
