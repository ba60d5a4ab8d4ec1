import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { IdtVectoringEvent } from '../../../spec/idt-vectoring/alphabet.ts';
import type { IdtVectoringConfiguration } from '../../../spec/idt-vectoring/configuration.ts';
import type { ObservationData } from '../../../spec/observation.ts';
import { missingPackages } from '../required-programs.ts';
import { IdtVectoringOnBochs } from './idt-vectoring-on-bochs.ts';

const missing = [...missingPackages().keys()];
const skips = missing.length > 0 && process.env['CI'] === undefined;
const title = skips
  ? `idt-vectoring on Bochs (SKIPPED: apt-get install ${missing.join(' ')})`
  : 'idt-vectoring on Bochs';

const defaults: IdtVectoringConfiguration = {
  profile: 'reinject',
  intercepts: 'none',
  nmi: 'virtual',
  paging: 'ept',
  gates: 'interrupt',
  stiBlocksNmi: true,
  dfThenBenign: 'shutdown',
  int1Type: 5,
  zeroLengthInjection: true,
  noHwErrCodeCheck: false,
  rfOnGeneralDetect: false,
};

const hex = (value: number): string => `0x${value.toString(16)}`;

/** Deliveries of an event, `vector(error)<RIP`, and what is in flight behind it. */
function told({ delivery, hypervisor }: ObservationData): string {
  const taken = delivery
    .filter(({ event }) => event !== 0)
    .map(({ event, error, returnRip }) => {
      const code = event & 0x800 ? `(${hex(error)})` : '';
      return `${hex(event & 0xff)}${code}<${hex(returnRip)}`;
    });
  const [{ outside, inflight, length }] = hypervisor;
  const flight = inflight === 0 ? 'outside' : `${hex(inflight)}${length === 0 ? '' : `/${length}`}`;
  return [...taken, ...(outside === 1 ? [flight] : [])].join(' ');
}

const page: IdtVectoringEvent = { kind: 'obstruct', obstacle: 'page' };
const enter: IdtVectoringEvent = { kind: 'enter' };
const nop: IdtVectoringEvent = { kind: 'nop' };

/** Events, and for each policy what the events from the first that shows something show. */
const rows: readonly (readonly [
  row: string,
  events: readonly IdtVectoringEvent[],
  reinject: readonly string[],
  drop: readonly string[],
])[] = [
  [
    'a fault alone is raised again',
    [page, { kind: 'fault', vector: 13 }, enter, nop],
    ['', '0x80000b0d', '0xd(0x0)<0x0', ''],
    ['', 'outside', '', '0xd(0x0)<0x0'],
  ],
  [
    'a fault whose cause goes',
    [page, { kind: 'fault', vector: 14 }, { kind: 'cure' }, enter, nop],
    ['', '0x80000b0e', '0x80000b0e', '0xe(0x0)<0x0', ''],
    ['', 'outside', 'outside', '', ''],
  ],
  [
    'a fault and an interrupt',
    [page, { kind: 'fault', vector: 6 }, { kind: 'external', vector: 0x20 }, enter, nop],
    ['', '0x80000306', '0x80000306', '0x6<0x0', ''],
    ['', 'outside', 'outside', '', '0x20<0x0'],
  ],
  [
    'a fault in the shadow of STI',
    [
      page,
      { kind: 'cli' },
      { kind: 'sti' },
      { kind: 'external', vector: 0x31 },
      { kind: 'fault', vector: 0 },
      enter,
      nop,
    ],
    ['', '', '', '', '0x80000300', '0x0<0x2', ''],
    ['', '', '', '', 'outside', '', '0x31<0x2'],
  ],
  [
    'an external interrupt',
    [page, { kind: 'external', vector: 0x31 }, nop, enter, nop],
    ['', '', '0x80000031', '0x31<0x0', ''],
    ['', '', 'outside', '', ''],
  ],
  [
    'an NMI, and the next one',
    [page, { kind: 'nmi' }, nop, enter, { kind: 'nmi' }, { kind: 'iret', meets: 'nothing' }, nop],
    ['', '', '0x80000202', '0x2<0x0', '', '', '0x2<0x0'],
    ['', '', 'outside', '', '', '', ''],
  ],
  [
    'INT n',
    [page, { kind: 'intn', vector: 0x21 }, enter, nop],
    ['', '0x80000421/2', '0x21<0x2', ''],
    ['', 'outside', '', '0x21<0x2'],
  ],
  [
    'INT3 in the shadow of STI',
    [page, { kind: 'cli' }, { kind: 'sti' }, { kind: 'external', vector: 0x20 }, { kind: 'int3' }, enter, nop],
    ['', '', '', '', '0x80000603/1', '0x3<0x3', ''],
    ['', '', '', '', 'outside', '', '0x20<0x2'],
  ],
  ['INT1', [page, { kind: 'int1' }, enter, nop], ['', '0x80000501/1', '0x1<0x1', ''], ['', 'outside', '', '0x1<0x1']],
  [
    'a machine check',
    [page, { kind: 'machineCheck' }, nop, enter, nop],
    ['', '', '0x80000312', '0x12<0x0', ''],
    ['', '', 'outside', '', ''],
  ],
  [
    '#VE, whose area is busy',
    [page, { kind: 'fault', vector: 20 }, enter, nop],
    ['', '0x80000314', '0x14<0x0', ''],
    ['', 'outside', '', ''],
  ],
  [
    'an injected #GP',
    [page, { kind: 'inject', event: 'gp' }, enter, nop],
    ['', '0x80000b0d', '0xd(0x18)<0x0', ''],
    ['', 'outside', '', ''],
  ],
  [
    'an exit that belongs to L1 keeps the event',
    [{ kind: 'obstruct', obstacle: 'client' }, { kind: 'external', vector: 0x20 }, nop, enter],
    ['', '', '0x80000020', '0x20<0x0'],
    ['', '', '0x80000020', '0x20<0x0'],
  ],
  [
    'three obstacles in one delivery',
    [
      page,
      { kind: 'obstruct', obstacle: 'misconfiguration' },
      { kind: 'obstruct', obstacle: 'apicAccess' },
      { kind: 'fault', vector: 17 },
      enter,
      enter,
      enter,
    ],
    ['', '', '', '0x80000b11', '0x80000b11', '0x80000b11', '0x11(0x0)<0x0'],
    ['', '', '', 'outside', '', '', ''],
  ],
];

describe.skipIf(skips)(title, () => {
  let machine: IdtVectoringOnBochs;
  beforeAll(async () => {
    machine = await IdtVectoringOnBochs.create();
  }, 60_000);
  afterAll(() => machine?.close());

  test('each policy shows in the rows of the answer', async () => {
    for (const profile of ['reinject', 'drop'] as const) {
      const config = { ...defaults, profile };
      const seen = await machine.play(rows.map(([, events]) => ({ config, events })));
      const tell = (observations: readonly ObservationData[]) => observations.map(told);
      expect(Object.fromEntries(rows.map(([row], i) => [row, tell(seen[i])]))).toEqual(
        Object.fromEntries(rows.map(([row, , reinject, drop]) => [row, profile === 'drop' ? drop : reinject])),
      );
    }
  }, 60_000);

  test('the proposal of the seed keeps what is no exception', async () => {
    const config = { ...defaults, profile: 'drop-exceptions' } as const;
    const events: readonly IdtVectoringEvent[] = [
      page,
      { kind: 'nmi' },
      nop,
      enter,
      page,
      { kind: 'fault', vector: 6 },
    ];
    const [seen] = await machine.play([{ config, events }]);
    expect(seen.map(told)).toEqual(['', '', '0x80000202', '0x2<0x0', '', 'outside']);
  });

  test('dropping makes MOVS read its device once more', async () => {
    const events: readonly IdtVectoringEvent[] = [page, { kind: 'movs' }, enter, nop];
    const reads = async (profile: 'reinject' | 'drop') => {
      const [seen] = await machine.play([{ config: { ...defaults, profile }, events }]);
      return seen.map(({ guest: [{ deviceReads }] }) => deviceReads);
    };
    expect(await reads('reinject')).toEqual([0, 1, 1, 1]);
    expect(await reads('drop')).toEqual([0, 1, 1, 2]);
  });

  test('a frame shows nothing of an IRET that was repaired, and NMIs stay blocked until it completes', async () => {
    const events: readonly IdtVectoringEvent[] = [
      { kind: 'inject', event: 'nmi' },
      { kind: 'iret', meets: 'page' },
      { kind: 'inject', event: 'nmi' },
      { kind: 'iret', meets: 'gp' },
    ];
    const [seen] = await machine.play([{ config: defaults, events }]);
    const blocked = seen.map(({ guest: [{ flags }] }) => (flags >> 6) & 1);
    expect(seen.map(told)).toEqual(['0x2<0x0', '', '0x2<0x0', '0xd(0x28)<0x3000']);
    expect(blocked).toEqual([1, 0, 1, 0]);
  });
});
