import { expect, test } from 'vitest';
import type { AnyConfiguration, AnyEvent } from '../spec/alphabet.ts';
import { pack } from '../spec/packing.ts';
import { idtVectoring } from '../spec/idt-vectoring.ts';
import { alphabet } from '../spec/idt-vectoring/alphabet.ts';
import type { SystemSpec } from '../spec/system.ts';
import { eventText } from '../src/report/event-text.ts';
import { readField, wordsOf } from '../src/report/words.ts';

const words = wordsOf('idt-vectoring');
const spec: SystemSpec = idtVectoring;
const config: AnyConfiguration = Object.fromEntries(
  Object.entries(spec.configuration).map(([name, { values }]) => [name, values[0]!]),
);

const zeros = (section: string): Record<string, number> =>
  Object.fromEntries(Object.keys(spec.observation[section]!.fields).map((field) => [field, 0]));
const whole = (section: string, some: Record<string, number>): string =>
  words.whole![section]!({ ...zeros(section), ...some }, config);
const read = (at: string, value: number, against: readonly number[] = [0]): string => {
  const [section, field] = at.split('.') as [string, string];
  return readField(spec, { section, field }, value >>> 0, against, config);
};

test.each([
  [{}, 'no delivery'],
  [
    { event: 0x8000_080e, error: 2, returnRip: 3, flags: 0b101, cr2: 0xa800 },
    'reaches the handler of #PF(0x2) from 0x3, IF, RF, CR2 0xa800',
  ],
  [{ event: 0x8000_0031, returnRip: 0xf004 }, 'reaches the handler of 0x31 from 0x4 of handler 0x0e, no flags'],
  [
    { event: 0x8000_0001, flags: 0b11_0000, dr6: 0x6000 },
    'reaches the handler of #DB from 0x0, GD, NMIs blocked, DR6 BD BS',
  ],
  [{ event: 0x8000_0002, flags: 0b1001 }, 'reaches the handler of NMI from 0x0, IF, by task switch'],
])('a delivery: %o', (delivery, text) => {
  expect(whole('delivery', delivery)).toBe(text);
});

test.each([
  [{}, 'no exit'],
  [
    { count: 1, reason: 48, vectoring: 0x8000_0b0e, vectoringError: 2, rip: 3, rf: 1 },
    'exits: EPT violation (48), while delivering #PF(0x2), RIP 0x3, RF=1',
  ],
  [
    { count: 2, reason: 0, interruption: 0x8000_0603, length: 1, interruptibility: 0b1001 },
    '2 exits, last: exception (0), INT3, length 1, RIP 0x0, STI blocking, NMIs blocked',
  ],
  [{ count: 1, reason: 12 }, 'exits: reason (12), RIP 0x0'],
])('an exit: %o', (exit, text) => {
  expect(whole('exit', exit)).toBe(text);
});

test.each([
  [{}, 'no entry'],
  [{ count: 1 }, 'enters'],
  [{ count: 2, interruption: 0x8000_0421, length: 2 }, '2 entries, last with INT 0x21 length 2'],
  [
    { count: 1, failure: 0x8000_0021, kept: 0x8000_0202, interruptibility: 2 },
    'an entry fails with 0x80000021, 0x80000202 kept; enters, MOV SS blocking',
  ],
])('an entry: %o', (entry, text) => {
  expect(whole('entry', entry)).toBe(text);
});

test('what L1 gets, and what is in flight', () => {
  expect(whole('client', {})).toBe('nothing for L1');
  expect(whole('client', { reason: 48, vectoring: 0x8000_0501, length: 1 })).toBe(
    'L1 gets EPT violation (48) while delivering INT1, length 1',
  );
  expect(whole('hypervisor', {})).toBe('guest inside');
  expect(whole('hypervisor', { outside: 1, inflight: 0x8000_0b0e, payload: 0xa000 })).toBe(
    'guest outside, #PF(0x0) in flight, payload 0xa000',
  );
});

test.each([
  ['guest.flags', 0b1001, [0b1], 'GD=1'],
  ['guest.rip', 0x3004, [0], 'RIP 0x4 of handler 0x02'],
  ['pending.irr', 0b110, [0], 'irr {0x31 0x40}'],
  ['program.begun', 0x1_0107, [0], 'fault 14 has begun, its cause is there'],
  ['tables.obstacles', 0x61, [0], 'obstacles [page pf]'],
  ['tables.gates', 0b10_01, [0], 'gate 0x0d absent, gate 0x0e task'],
] as const)('%s 0x%i', (at, value, against, text) => {
  expect(read(at, value, against)).toBe(text);
});

test('every event reads as one phrase of its own', () => {
  const { events } = pack(alphabet);
  const texts = (events as readonly AnyEvent[]).map((event) => eventText(spec, event, config));
  expect(new Set(texts).size).toBe(texts.length);
  expect(texts).toContain('spoil pf hypervisor');
  expect(texts).toContain('popf TF=1');
});
