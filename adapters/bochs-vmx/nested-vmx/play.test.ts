import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AdapterError, type ImplementationModule } from '../../../spec/contract.ts';
import { pack } from '../../../spec/packing.ts';
import { alphabet, type NestedVmxEvent } from '../../../spec/nested-vmx/alphabet.ts';
import type { NestedVmxConfiguration } from '../../../spec/nested-vmx/configuration.ts';
import type { ObservationData } from '../../../spec/observation.ts';
import { BochsVmx } from '../bochs-vmx.ts';
import { readCapabilities } from '../capabilities.ts';
import implementation from '../index.ts';
import { missingPackages } from '../required-programs.ts';
import { nestedVmxCapabilities } from './capabilities.ts';
import { NestedVmxOnBochs } from './nested-vmx-on-bochs.ts';

const bochsVmx: ImplementationModule = implementation;
const missing = [...missingPackages().keys()];
const skips = missing.length > 0 && process.env['CI'] === undefined;
const title = skips ? `nested-vmx on Bochs (SKIPPED: apt-get install ${missing.join(' ')})` : 'nested-vmx on Bochs';

const defaults: NestedVmxConfiguration = {
  profile: 'hardware',
  preset: 'exit',
  apicVirtualization: 'none',
  l0Apicv: false,
  blocksInterruptExit: 'both',
  blocksNmiExit: 'both',
  stiBlocksNmi: true,
  stiFailsNmiInjection: true,
  pprOnTie: 'tpr',
};

const { events: all } = pack<NestedVmxEvent>(alphabet);

/** An event by its kind and its argument: `l1Tpr 0x30`. */
function eventOf(text: string): NestedVmxEvent {
  const [kind, ...rest] = text.split(' ');
  const found = all.find((event) => {
    const { kind: name, ...args } = event;
    const texts = Object.values(args).map((value) =>
      typeof value === 'number' ? `0x${value.toString(16)}` : `${value}`,
    );
    return name === kind && texts.join(' ') === rest.join(' ');
  });
  if (found === undefined) throw new Error(`there is no event '${text}'`);
  return found;
}

const hex = (value: number): string => `0x${value.toString(16)}`;

/** What is not 0 of the last observation: `exit reason=0x1, readout irr=0x4`. */
const told = (observation: ObservationData): string =>
  Object.entries(observation)
    .map(([section, [words]]) => {
      const shown = Object.entries(words).filter(([, value]) => value !== 0);
      return shown.length === 0 ? '' : `${section} ${shown.map(([name, value]) => `${name}=${hex(value)}`).join(' ')}`;
    })
    .filter((text) => text !== '')
    .join(', ');

/** Preset, events, and what the manual says that the last one shows. */
const cases: readonly (readonly [NestedVmxConfiguration['preset'], readonly string[], string])[] = [
  ['exit', ['interrupt 0x31', 'l1Sti', 'l1Nop'], 'readout irr=0x4'],
  [
    'exit',
    ['interrupt 0x31', 'l1Sti', 'l1Nop', 'l1Nop'],
    'delivery level=0x1 information=0x80000031 interrupts=0x1, readout isr=0x4 ppr=0x30',
  ],
  ['exit', ['interrupt 0x31', 'l1Tpr 0x30', 'l1Sti', 'l1Nop', 'l1Nop'], 'readout irr=0x4 tpr=0x30 ppr=0x30'],
  ['exit', ['nmi', 'l1Nop'], 'delivery level=0x1 information=0x80000202'],
  ['exit', ['nmi', 'l1Nop', 'nmi', 'l1Nop'], ''],
  ['exit', ['nmi', 'l1Nop', 'nmi', 'l1Iret', 'l1Nop'], 'delivery level=0x1 information=0x80000202'],
  ['exit', ['l1MovSs', 'l1Enter'], 'entry outcome=0x2 error=0x1a'],
  ['exit', ['l1Enter'], 'entry outcome=0x1'],
  ['exit', ['l1GuestActivity waitForSipi', 'l1Enter'], 'entry outcome=0x1'],
  ['exit', ['l1GuestBlocking both', 'l1Enter'], 'entry outcome=0x3, exit kind=0x2 reason=0x80000021'],
  [
    'exit',
    ['l1Enter', 'l2Nop', 'interrupt 0x31', 'l2Nop'],
    'exit kind=0x1 reason=0x1 position=0x1 interrupts=0x1, readout irr=0x4',
  ],
  [
    'acknowledge',
    ['l1Enter', 'l2Nop', 'interrupt 0x31', 'l2Nop'],
    'exit kind=0x1 reason=0x1 information=0x80000031 position=0x1 interrupts=0x1, readout isr=0x4 ppr=0x30',
  ],
  ['acknowledge', ['l1Enter', 'nmi', 'l2Nop'], 'exit kind=0x1 information=0x80000202 interrupts=0x1'],
  // IF = 0 does not hold the exit off.
  [
    'exit',
    ['l1GuestInterrupts false', 'interrupt 0x31', 'l1Enter', 'l2Nop'],
    'exit kind=0x1 reason=0x1, readout irr=0x4',
  ],
  [
    'direct',
    ['l1Enter', 'l2Nop', 'interrupt 0x31', 'l2Nop'],
    'delivery level=0x2 information=0x80000031 position=0x1 interrupts=0x1',
  ],
  [
    'direct',
    ['l1Enter', 'interrupt 0x31', 'l2Nop', 'l2Iret', 'l2Vmcall'],
    'exit kind=0x1 reason=0x12 length=0x3 position=0x1 interrupts=0x1, readout isr=0x4 ppr=0x30',
  ],
  // Both at one boundary: the NMI goes first, and the handler of the interrupt is not reached.
  [
    'direct',
    ['l1Enter', 'l2Cli', 'interrupt 0x31', 'nmi', 'l2Nop'],
    'delivery level=0x2 information=0x80000202 position=0x1',
  ],
  [
    'exit',
    ['l1Inject softwareInterrupt', 'l1Enter'],
    'entry outcome=0x1, delivery level=0x2 information=0x80000444 length=0x2 interrupts=0x1',
  ],
  [
    'exit',
    ['l1Inject generalProtection', 'l1Enter', 'l2Vmcall'],
    'exit kind=0x1 reason=0x12 length=0x3 position=0x10d entryInformation=0xb0d',
  ],
  // The interrupt comes at the first instruction of the handler of what was injected.
  [
    'exit',
    ['interrupt 0x31', 'l1Inject debug', 'l1Enter', 'l2Nop'],
    'exit kind=0x1 reason=0x1 position=0x101 entryInformation=0x301, readout irr=0x4',
  ],
  [
    'exit',
    ['l1Idt false', 'l1Inject breakpoint', 'l1Enter'],
    'entry outcome=0x1, exit kind=0x1 reason=0x30 qualification=0x181 vectoring=0x80000603 length=0x1 interrupts=0x1 entryInformation=0x603',
  ],
  [
    'exit',
    ['l1Enter', 'l2InvalidOpcode', 'l2InvalidOpcode'],
    'delivery level=0x2 information=0x80000306 position=0x106',
  ],
  ['virtual', ['l1Pend 0x31', 'l1Enter', 'l2Nop'], 'delivery level=0x2 information=0x80000031 interrupts=0x1'],
  [
    'virtual',
    ['l1Pend 0x31', 'l1Pend 0x20', 'l1Enter', 'l2Nop', 'l2Eoi', 'l2Iret', 'l2Nop'],
    'delivery level=0x2 information=0x80000020 position=0x2 interrupts=0x1',
  ],
];

describe.skipIf(skips)(title, () => {
  let bochs: NestedVmxOnBochs;
  const sequences = cases.map(([preset, events]) => ({
    config: { ...defaults, preset, apicVirtualization: preset === 'virtual' ? 'virtual' : 'none' } as const,
    events: events.map(eventOf),
  }));
  let seen: readonly (readonly ObservationData[])[];

  beforeAll(async () => {
    bochs = await NestedVmxOnBochs.create();
    seen = await bochs.play(sequences);
  }, 60_000);
  afterAll(() => bochs?.close());

  test.each(cases.map(([preset, events, expected], i) => ({ text: `${preset}: ${events.join(', ')}`, expected, i })))(
    '$text',
    ({ expected, i }) => {
      expect(seen[i]).toHaveLength(sequences[i].events.length);
      expect(told(seen[i].at(-1)!)).toBe(expected);
    },
  );

  test('shows what it declares, after each event', () => {
    for (const observation of seen.flat()) expect(Object.keys(observation)).toEqual(nestedVmxCapabilities.shows);
  });

  test('what was played before does not matter', async () => {
    expect((await bochs.play(sequences.toReversed())).toReversed()).toEqual(seen);
  });

  test('what Bochs cannot send is an error of the adapter, not an observation', async () => {
    const init = { config: defaults, events: [eventOf('l1Enter'), eventOf('init'), eventOf('l2Nop')] };
    await expect(bochs.play([init])).rejects.toBeInstanceOf(AdapterError);
    expect(told((await bochs.play([sequences[0]]))[0].at(-1)!)).toBe(cases[0][2]);
  });

  test('a sequence that takes too long is an error of the adapter', async () => {
    const hasty = await NestedVmxOnBochs.create({ sequence: 0 });
    try {
      const long = { config: defaults, events: Array.from({ length: 3000 }, () => eventOf('l1Nop')) };
      await expect(hasty.play([long])).rejects.toBeInstanceOf(AdapterError);
    } finally {
      hasty.close();
    }
  }, 20_000);

  test('declares what the capability MSRs say', async () => {
    const machine = await BochsVmx.create();
    try {
      const { controls } = await readCapabilities(machine);
      const posts = controls.pin.includes('postedInterrupts');
      expect(nestedVmxCapabilities.supports.apicVirtualization.includes('posted' as never)).toBe(posts);
      expect(controls.secondary).toEqual(expect.arrayContaining(['virtualInterruptDelivery', 'virtualizeX2apicMode']));
      expect(controls.pin).toEqual(expect.arrayContaining(['virtualNmis', 'preemptionTimer']));
    } finally {
      machine.close();
    }
  }, 20_000);
});

test('without the programs it says what to install', async () => {
  const path = process.env['PATH'];
  process.env['PATH'] = '/nowhere';
  try {
    const error = await Promise.resolve(bochsVmx.create('nested-vmx')).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ name: 'AdapterError', code: 'E_ADAPTER_MISSING' });
    expect((error as Error).message).toContain('apt-get install bochs');
  } finally {
    process.env['PATH'] = path;
  }
});
