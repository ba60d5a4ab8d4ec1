import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ObservationData } from '../../../spec/observation.ts';
import type { Vmcs12Event } from '../../../spec/vmcs12/alphabet.ts';
import type { Vmcs12Configuration } from '../../../spec/vmcs12/configuration.ts';
import { BochsVmx } from '../bochs-vmx.ts';
import { readCapabilities } from '../capabilities.ts';
import { missingPackages } from '../required-programs.ts';
import { vmcs12Capabilities } from './capabilities.ts';
import { Vmcs12OnBochs } from './vmcs12-on-bochs.ts';

const missing = [...missingPackages().keys()];
const skips = missing.length > 0 && process.env['CI'] === undefined;
const title = skips ? `vmcs12 on Bochs (SKIPPED: apt-get install ${missing.join(' ')})` : 'vmcs12 on Bochs';

const config: Vmcs12Configuration = {
  profile: 'bare',
  guestMode: 'long',
  savesEferLma: true,
  int1Type: 5,
  zeroLengthInjection: true,
  writesExitInformation: true,
  mpx: false,
};

const enter = { kind: 'enter', by: 'right' } as const;
type Expected = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Events, and words that the manual gives behind the last one. */
const cases: readonly (readonly [string, readonly Vmcs12Event[], Expected])[] = [
  [
    'VMREAD gives what VMWRITE wrote, of a host field as well',
    [
      { kind: 'vmwriteHost', field: 'hostCr3', value: 1 },
      { kind: 'vmread', field: 'hostCr3' },
    ],
    { step: { outcome: 1, value: 0x10_1000 }, host: { hostCr3: 0x10_1000 } },
  ],
  [
    'VMRESUME of a clear VMCS fails',
    [{ kind: 'enter', by: 'wrong' }],
    { step: { outcome: 3 }, instructionError: { instructionError: 5 }, machine: { level: 1, launched: 0 } },
  ],
  [
    'without a current VMCS VMREAD fails',
    [
      { kind: 'vmclear', slot: 0 },
      { kind: 'vmread', field: 'cr0' },
    ],
    { step: { outcome: 2, value: 0 }, machine: { current: 0 }, registers: { cr0: 0 } },
  ],
  [
    'VMCALL exits, and L1 goes on where the host fields say',
    [enter, { kind: 'nop' }, { kind: 'vmcall' }],
    {
      step: { outcome: 5 },
      registers: { rip: 0x1_0001 },
      exitInformation: { exitReason: 18, exitInstructionLength: 3 },
      l1: { rip: 0x11_0000, rsp: 0x10_8000, cr3: 0x10_0000, gdtrBase: 0x10_4000, gdtrLimit: 0xffff },
    },
  ],
  [
    'what L2 wrote is saved',
    [enter, { kind: 'movCr3', value: 0x3000 }, { kind: 'wrmsr', msr: 'sysenterCs', value: 2 }, { kind: 'cpuid' }],
    { step: { outcome: 5 }, registers: { cr3: 0x3000, rip: 0x1_0005 }, msrs: { sysenterCs: 0x10 } },
  ],
  [
    'an exception goes through the IDT of L2',
    [enter, { kind: 'fault', exception: 'pf' }],
    {
      step: { outcome: 0 },
      delivery: { event: 0x8000_0b0e, returnRip: 0x1_0000, errorCode: 0 },
      machine: { level: 2 },
      shared: { cr2: 0x5678 },
    },
  ],
  [
    'an obstacle makes a delivery exit with the event',
    [{ kind: 'obstruct', by: 'ept' }, enter, { kind: 'intN' }],
    {
      step: { outcome: 5 },
      exitInformation: {
        exitReason: 48,
        idtVectoring: 0x8000_0421,
        exitInstructionLength: 2,
        guestLinearAddress: 0x6210,
      },
    },
  ],
  [
    'an interrupt is acknowledged at the exit',
    [{ kind: 'control', bit: 'acknowledgeInterrupt', on: true }, enter, { kind: 'interrupt', vector: 0x31 }],
    { step: { outcome: 5 }, exitInformation: { exitReason: 1, exitInterruption: 0x8000_0031 } },
  ],
  [
    'an NMI is sent without MSR bitmap, too',
    [{ kind: 'control', bit: 'msrBitmaps', on: false }, enter, { kind: 'nmi' }],
    {
      step: { outcome: 5 },
      exitInformation: { exitReason: 0, exitInterruption: 0x8000_0202 },
      registers: { rip: 0x1_0000 },
    },
  ],
];

describe.skipIf(skips)(title, () => {
  let bochs: Vmcs12OnBochs;
  const sequences = cases.map(([, events]) => ({ config, events }));
  let seen: readonly (readonly ObservationData[])[];

  beforeAll(async () => {
    bochs = await Vmcs12OnBochs.create();
    seen = await bochs.play(sequences);
  }, 60_000);
  afterAll(() => bochs?.close());

  test.each(cases.map(([text, , expected], i) => ({ text, expected, i })))('$text', ({ expected, i }) => {
    expect(seen[i]).toHaveLength(sequences[i].events.length);
    const last = seen[i].at(-1)!;
    for (const [section, words] of Object.entries(expected)) expect(last[section][0], section).toMatchObject(words);
  });

  test('shows what it declares, after each event', () => {
    for (const observation of seen.flat()) expect(Object.keys(observation)).toEqual(vmcs12Capabilities.shows);
  });

  test('what was played before does not matter', async () => {
    expect((await bochs.play(sequences.toReversed())).toReversed()).toEqual(seen);
  });

  test('declares what the capability MSRs say', async () => {
    const machine = await BochsVmx.create();
    try {
      const { savesEferLma, zeroLengthInjection, writesExitInformation } = await readCapabilities(machine);
      const { supports } = vmcs12Capabilities;
      expect([savesEferLma]).toEqual(supports.savesEferLma);
      expect([zeroLengthInjection]).toEqual(supports.zeroLengthInjection);
      expect([writesExitInformation]).toEqual(supports.writesExitInformation);
    } finally {
      machine.close();
    }
  }, 20_000);
});
