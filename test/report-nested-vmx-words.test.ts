import { expect, test } from 'vitest';
import type { AnyConfiguration, AnyEvent } from '../spec/alphabet.ts';
import { nestedVmx } from '../spec/nested-vmx.ts';
import { alphabet } from '../spec/nested-vmx/alphabet.ts';
import { injections } from '../spec/nested-vmx/universe.ts';
import { exitReasons } from '../spec/vmx/exit-reasons.ts';
import { pack } from '../spec/packing.ts';
import type { SystemSpec } from '../spec/system.ts';
import { eventText } from '../src/report/event-text.ts';
import { readField, wordsOf } from '../src/report/words.ts';

const words = wordsOf('nested-vmx');
const spec = nestedVmx as unknown as SystemSpec;
const config: AnyConfiguration = Object.fromEntries(
  Object.entries(spec.configuration).map(([name, { values }]) => [name, values[0]!]),
);

const whole = (section: string, some: Record<string, number>): string => {
  const zeros = Object.fromEntries(Object.keys(spec.observation[section]!.fields).map((field) => [field, 0]));
  return words.whole![section]!({ ...zeros, ...some }, config);
};
const read = (at: string, value: number, against: readonly number[] = [0]): string => {
  const [section, field] = at.split('.') as [string, string];
  return readField(spec, { section, field }, value >>> 0, against, config);
};

test.each([
  [{}, 'no delivery'],
  [{ level: 1, information: 0x8000_0031, interrupts: 1 }, 'delivers 0x31 to L1, IF 1 pushed'],
  [
    { level: 2, information: 0x8000_0b0d, error: 0x58, position: 0x131 },
    'delivers #GP (0x58) to L2 at handler 0x31, IF 0 pushed',
  ],
  [
    { level: 2, information: 0x8000_0444, length: 2, position: 3, interrupts: 1 },
    'delivers INT 0x44 to L2 at +3, 2 behind, IF 1 pushed',
  ],
  [{ level: 2, information: 0x31 }, 'delivers 0x31 (not valid) to L2 at +0, IF 0 pushed'],
])('a delivery: %o', (delivery, text) => {
  expect(whole('delivery', delivery)).toBe(text);
});

test.each([
  [{}, 'no exit'],
  [{ kind: 1, reason: 1, interrupts: 1 }, 'exits: external interrupt (1); L2 at +0, IF 1'],
  [
    { kind: 1, reason: 1, information: 0x8000_0031, activity: 1, interruptibility: 8, position: 2 },
    'exits: external interrupt (1) 0x31; L2 at +2, IF 0, HLT, NMI blocking',
  ],
  [{ kind: 1, reason: 0, information: 0x8000_0202 }, 'exits: exception or NMI (0) NMI; L2 at +0, IF 0'],
  [
    { kind: 1, reason: 48, qualification: 0x181, vectoring: 0x8000_0603, length: 1, entryInformation: 0x603 },
    'exits: EPT violation (48) qualification 0x181 while delivering INT3 length 1; L2 at +0, IF 0, entry field 0x603',
  ],
  [{ kind: 2, reason: 0x8000_0021 }, 'entry fails: invalid guest state (33)'],
  [{ kind: 1, reason: 99 }, 'exits: reason (99); L2 at +0, IF 0'],
])('an exit: %o', (exit, text) => {
  expect(whole('exit', exit)).toBe(text);
});

test.each([
  [{}, 'no entry'],
  [{ outcome: 1 }, 'enters L2'],
  [{ outcome: 2, error: 7 }, 'VMfailValid, error 7'],
  [{ outcome: 3 }, 'entry fails late'],
])('an entry: %o', (entry, text) => {
  expect(whole('entry', entry)).toBe(text);
});

test.each([
  [{}, 'no effects'],
  [{ acknowledged: 1, broadcast: 0b10 }, 'acknowledges the 8259; EOI broadcast 0x21'],
  [{ processed: 1 }, 'processes posted interrupts'],
])('effects: %o', (effects, text) => {
  expect(whole('effects', effects)).toBe(text);
});

test.each([
  ['apic.irr', 0b100100, 'IRR {0x31 0xf2}'],
  ['levels.flags', 0b11, 'runs, IF=1'],
  ['levels.activity', 3, 'wait-for-SIPI'],
  ['levels.position', 0x131, 'at handler 0x31'],
  ['vmcs.controls', 0b11, 'externalInterruptExiting on, acknowledgeInterrupt on'],
  ['vmcs.entryInformation', 0x8000_0700, 'to inject: MTF'],
  ['vmcs.entryInformation', 0x700, 'nothing to inject (0x700)'],
  ['pending.flags', 0b100001, 'NMI pending, 8259 asserts'],
  ['virtualApic.status', 0x3140, 'RVI 0x40 SVI 0x31'],
])('a field: %s %i', (at, value, text) => {
  expect(read(at, value)).toBe(text);
});

test('flags that went are told too', () => {
  expect(read('pending.flags', 0, [0b11])).toBe('no NMI pending, no INIT pending');
});

test('every exit reason that occurs has a name, and every injected event', () => {
  const { externalInterrupt, init, sipi, interruptWindow, nmiWindow, hlt, vmcall, wrmsr } = exitReasons;
  const { monitorTrapFlag, eptViolation, preemptionTimer } = exitReasons;
  const reasons = [externalInterrupt, init, sipi, interruptWindow, nmiWindow, hlt, vmcall, wrmsr];
  for (const reason of [...reasons, monitorTrapFlag, eptViolation, preemptionTimer]) {
    expect(whole('exit', { kind: 1, reason })).not.toContain('reason');
  }
  const names = Object.values(injections).map(({ information }) =>
    read('vmcs.entryInformation', 0x8000_0000 | information),
  );
  expect(new Set(names).size).toBe(names.length);
});

test('every event reads differently', () => {
  const { events } = pack(alphabet);
  const texts = events.map((event: AnyEvent) => eventText(spec, event, config));
  expect(new Set(texts).size).toBe(texts.length);
  expect(texts).toContain('interrupt 0x31');
  expect(texts).toContain('l1Control virtualNmis on');
  expect(texts).toContain('hostTrap delivery');
});
