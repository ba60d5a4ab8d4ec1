import { expect, test } from 'vitest';
import type { AnyEvent } from '../spec/alphabet.ts';
import { pack } from '../spec/packing.ts';
import { alphabet } from '../spec/vgic/alphabet.ts';
import { configurationText, eventText } from '../src/report/event-text.ts';
import { readField, wordsOf } from '../src/report/words.ts';
import { fakeCounterexample, fakeSpec } from './fixtures/fake-report.ts';

const { listRegister } = wordsOf('vgic').whole!;
const one = fakeCounterexample.case.config;
const gicv3 = { ...one, encoding: 'gicv3', vcpus: 2, pcpus: 2 };

test.each([
  [{ low: 0, high: 0 }, 'empty'],
  [{ low: 0x9a00a022, high: 0 }, '34 pending hw p40 prio 0xa0'],
  [{ low: 0x28001000 + 1, high: 0 }, '1 active from 4 prio 0x80'],
  [{ low: 0x78080020, high: 0 }, '32 pending+active prio 0x80 group 1 eoi'],
])('a GICv2 list register: %o', (register, text) => {
  expect(listRegister!(register, one)).toBe(text);
});

test.each([
  [{ low: 34, high: 0x60a00028 }, '34 pending hw p40 prio 0xa0'],
  [{ low: 0x0801, high: 0x80800200 }, '1 active from 2 prio 0x80 eoi'],
])('a GICv3 list register: %o', (register, text) => {
  expect(listRegister!(register, gicv3)).toBe(text);
});

test.each<[AnyEvent, string, string]>([
  [{ kind: 'raise', wire: 'p40' }, 'raise p40', 'raise p40'],
  [{ kind: 'iar', vcpu: 0 }, 'iar', 'iar vcpu0'],
  [{ kind: 'load', vcpu: 1, pcpu: 0 }, 'load vcpu1', 'load vcpu1 pcpu0'],
  [{ kind: 'setPriority', vcpu: 0, intid: 34, priority: 8 }, 'setPriority 34 0x08', 'setPriority vcpu0 34 0x08'],
  [{ kind: 'sendSgi', vcpu: 0, sgi: 1, filter: 0, cpus: 5 }, 'sendSgi 1 to {0 2}', 'sendSgi vcpu0 1 to {0 2}'],
  [{ kind: 'sendSgi', vcpu: 0, sgi: 1, filter: 2, cpus: 1 }, 'sendSgi 1 to itself', 'sendSgi vcpu0 1 to itself'],
  [{ kind: 'writeHcr', value: 3 }, 'writeHcr 0x03', 'writeHcr 0x03'],
])('an event: %o', (event, alone, among) => {
  expect(eventText(fakeSpec, event, one)).toBe(alone);
  expect(eventText(fakeSpec, event, gicv3)).toBe(among);
});

test('events that differ read differently', () => {
  const config = { ...one, vcpus: 3, pcpus: 2 };
  const { events } = pack(alphabet);
  // The target list of sendSgi counts for filter 0 only, and is left out for the others.
  const told = events.filter((event) => event.kind !== 'sendSgi' || event['filter'] === 0);
  expect(new Set(told.map((event) => eventText(fakeSpec, event, config))).size).toBe(told.length);
});

test('registers show the parts that differ', () => {
  const vmcr = { section: 'interface', field: 'vmcr' };
  expect(readField(fakeSpec, vmcr, 0x804c0001, [0xf84c0001], one)).toBe('vmcr PMR=0x80');
  expect(readField(fakeSpec, vmcr, 0x804c0001, [0xf84c0000], gicv3)).toBe('vmcr EnableGrp0=1 PMR=0x80');
  expect(readField(fakeSpec, { section: 'interface', field: 'apr' }, 1 << 20, [], one)).toBe('apr {0xa0}');
  expect(readField(fakeSpec, { section: 'software', field: 'sources' }, 0b1010, [], one)).toBe('sources {0/1 1/0}');
});

test('a configuration is told by what is not the default', () => {
  expect(configurationText(fakeSpec, { ...one, nrLr: 4 })).toBe('');
  expect(configurationText(fakeSpec, gicv3)).toBe('encoding gicv3, nrLr 1, vcpus 2, pcpus 2');
});
