import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pack } from '../../spec/packing.ts';
import { alphabet, type VgicEvent } from '../../spec/vgic/alphabet.ts';
import type { VgicConfiguration } from '../../spec/vgic/configuration.ts';
import { profiles } from '../../spec/vgic/profiles.ts';
import { gicFields, packFields } from './gic-fields.ts';
import implementation from './index.ts';
import { QemuGic } from './qemu-gic.ts';
import { skipped } from './without-qemu.ts';

const defaults: VgicConfiguration = {
  profile: 'arch',
  encoding: 'gicv2',
  nrLr: 4,
  eoiMode: 0,
  groups: 'g0only',
  vcpus: 1,
  vms: 1,
  pcpus: 1,
  tieBreak: 'lowestLr',
  disabledGroup: 'hides',
  hwDeactivation: true,
  distEnableRequeues: false,
};

const iar = { kind: 'iar', vcpu: 0 } as const;
const eoir = { kind: 'eoir', vcpu: 0 } as const;
const rpr = { kind: 'rpr', vcpu: 0 } as const;
const hppir = { kind: 'hppir', vcpu: 0 } as const;
const hostAck = { kind: 'hostAck' } as const;
const hostEoi = { kind: 'hostEoi' } as const;
const raise = { kind: 'raise', wire: 'p40' } as const;
const lower = { kind: 'lower', wire: 'p40' } as const;
const dir = (intid: 1 | 32 | 34): VgicEvent => ({ kind: 'dir', vcpu: 0, intid });
const ctlr = (value: 0x00 | 0x02 | 0x03 | 0x07 | 0x09 | 0x17): VgicEvent => ({ kind: 'ctlr', vcpu: 0, value });
const forward: VgicEvent = {
  kind: 'writeHwLr',
  lr: 0,
  state: 'pending',
  intid: 34,
  pIntId: 40,
  priority: 0xa0,
  group: 0,
};
const writeLr = (change: Partial<Extract<VgicEvent, { kind: 'writeLr' }>> = {}): VgicEvent => ({
  kind: 'writeLr',
  lr: 0,
  state: 'pending',
  intid: 32,
  priority: 0xa0,
  eoi: false,
  group: 0,
  ...change,
});

// Bits of interface.lines, of physical.* and of GICH_APR.
const virq = 1;
const vfiq = 2;
const maintenance = 4;
const p27 = 1;
const p40 = 2;
const p41 = 4;
const active = (priority: number): number => 2 ** (priority >>> 3);

/** What should be seen after an event; what is left out is not looked at. */
interface Expected {
  readonly value?: number;
  readonly lr?: readonly number[];
  readonly interface?: Readonly<Record<string, number>>;
  readonly physical?: Readonly<Record<string, number>>;
}

const lrOf = (values: Partial<Record<keyof typeof gicFields.GICH_LR, number>>): number =>
  packFields(gicFields.GICH_LR, values);

describe.skipIf(skipped !== undefined)(`qemu-gic plays${skipped ?? ''}`, () => {
  let qemu: QemuGic;
  beforeAll(async () => {
    qemu = await new QemuGic().start();
  });
  afterAll(() => qemu.close());

  async function check(
    change: Partial<VgicConfiguration>,
    ...steps: readonly (readonly [VgicEvent, Expected])[]
  ): Promise<void> {
    const config = { ...defaults, ...change };
    const [seen] = await qemu.play([{ config, events: steps.map(([event]) => event) }]);
    const shown = seen.map((data, i) => ({
      step: i + 1,
      value: data['reply'][0]['value'],
      lr: data['listRegister'].map(({ low }) => low),
      interface: data['interface'][0],
      physical: data['physical'][0],
    }));
    expect(shown).toMatchObject(steps.map(([, expected], i) => ({ step: i + 1, ...expected })));
  }

  test.each([
    [{ eoiMode: 0, groups: 'g0only' }, 0xf84c_0001],
    [{ eoiMode: 1, groups: 'g0only' }, 0xf84c_0201],
    [{ eoiMode: 0, groups: 'both' }, 0xf84c_0007],
  ] as const)('the state after reset under %o', async (config, vmcr) => {
    await check(config, [
      { kind: 'eoirSpurious', vcpu: 0, id: 1023 },
      {
        value: 0,
        lr: [0, 0, 0, 0],
        interface: { hcr: 1, vmcr, apr: 0, eisr: 0, elrsr: 0xf, misr: 0, lines: 0 },
        physical: { pending: 0, active: 0, masked: 0, signalled: 1023 },
      },
    ]);
  });

  test('a forwarded interrupt: EOIR deactivates it in mode 0', () =>
    check(
      {},
      [raise, { physical: { pending: p40, active: 0, signalled: 40 } }],
      [hostAck, { value: 40, physical: { pending: p40, active: p40, signalled: 1023 } }],
      [hostEoi, { physical: { active: p40, signalled: 1023 } }],
      [forward, { lr: [lrOf({ HW: 1, State: 1, VirtualID: 34, PhysicalID: 40, Priority: 20 }), 0, 0, 0] }],
      [iar, { value: 34, interface: { apr: active(0xa0), elrsr: 0xe, lines: 0 }, physical: { active: p40 } }],
      [lower, { physical: { pending: 0 } }],
      [eoir, { interface: { apr: 0, elrsr: 0xf }, physical: { active: 0, signalled: 1023 } }],
    ));

  test('a forwarded interrupt: DIR deactivates it in mode 1', () =>
    check(
      { eoiMode: 1 },
      [raise, {}],
      [hostAck, { value: 40 }],
      [hostEoi, {}],
      [lower, {}],
      [forward, {}],
      [iar, { value: 34 }],
      [eoir, { interface: { apr: 0, elrsr: 0xe }, physical: { active: p40 } }],
      [dir(34), { interface: { elrsr: 0xf }, physical: { active: 0 } }],
    ));

  test('the source of an SGI is read and written back', () =>
    check(
      { eoiMode: 1 },
      [{ kind: 'writeSgiLr', lr: 2, state: 'pending', intid: 1, source: 2, priority: 0x40, eoi: true }, {}],
      [iar, { value: 0x801, interface: { apr: active(0x40) } }],
      [eoir, { interface: { apr: 0, eisr: 0 } }],
      [dir(1), { interface: { eisr: 4, elrsr: 0xb, misr: 1, lines: maintenance } }],
    ));

  test('preemption nests, and completion goes backwards', () =>
    check(
      {},
      [rpr, { value: 0xff }],
      [writeLr({ lr: 0, intid: 32, priority: 0xa0 }), { interface: { lines: virq } }],
      [iar, { value: 32 }],
      [writeLr({ lr: 1, intid: 33, priority: 0xa0 }), { interface: { lines: 0 } }],
      [iar, { value: 1023 }],
      [writeLr({ lr: 2, intid: 30, priority: 0x40 }), { interface: { lines: virq } }],
      [hppir, { value: 30 }],
      [iar, { value: 30, interface: { apr: active(0xa0) + active(0x40) } }],
      [rpr, { value: 0x40 }],
      [eoir, { interface: { apr: active(0xa0), elrsr: 0xc } }],
      [eoir, { interface: { apr: 0, elrsr: 0xd, lines: virq } }],
      [iar, { value: 33 }],
    ));

  test('groups: the lines, and who may acknowledge', () =>
    check(
      { groups: 'both' },
      [ctlr(0x03), {}],
      [writeLr({ group: 1 }), { interface: { lines: virq } }],
      [hppir, { value: 1022 }],
      [iar, { value: 1022, interface: { apr: 0 } }],
      [ctlr(0x07), {}],
      [iar, { value: 32 }],
      [eoir, { interface: { apr: 0, elrsr: 0xf } }],
      [ctlr(0x09), { interface: { vmcr: 0xf84c_0009 } }],
      [writeLr({ group: 0 }), { interface: { lines: vfiq } }],
    ));

  test('mask, binary point, EOImode, and that CTLR keeps it', () =>
    check(
      { groups: 'both' },
      [{ kind: 'eoiMode', vcpu: 0, mode: 1 }, { interface: { vmcr: 0xf84c_0207 } }],
      [ctlr(0x17), { interface: { vmcr: 0xf84c_0217 } }],
      [ctlr(0x00), { interface: { vmcr: 0xf84c_0200 } }],
      [{ kind: 'bpr', vcpu: 0, value: 4 }, { interface: { vmcr: 0xf894_0200 } }],
      [{ kind: 'pmr', vcpu: 0, mask: 0xa8 }, { interface: { vmcr: 0xa894_0200 } }],
    ));

  test('few list registers: the others are not shown', () =>
    check(
      { nrLr: 1 },
      [
        { kind: 'writeHcr', value: 0x03 },
        { lr: [0], interface: { hcr: 3, elrsr: 1, misr: 2, lines: maintenance } },
      ],
      [
        writeLr({ state: 'pending+active', eoi: true }),
        { lr: [lrOf({ VirtualID: 32, State: 3, EOI: 1, Priority: 20 })] },
      ],
      [{ kind: 'writeHcr', value: 0x00 }, { interface: { hcr: 0, elrsr: 0, misr: 0, lines: 0 } }],
    ));

  test('EOICount counts what no list register holds, and a write of GICH_HCR resets it', () =>
    check(
      { nrLr: 2 },
      [writeLr(), {}],
      [iar, { value: 32 }],
      [writeLr({ state: 'invalid' }), {}],
      [eoir, { interface: { apr: 0, hcr: 0x0800_0001 } }],
      [{ kind: 'writeHcr', value: 0x05 }, { interface: { hcr: 5, misr: 0 } }],
    ));

  test('the physical side: latch, line, edge, enable, active', () =>
    check(
      {},
      [{ kind: 'pulse', wire: 'p41' }, { physical: { pending: p41, signalled: 41 } }],
      [hostAck, { value: 41, physical: { pending: 0, active: p41, signalled: 1023 } }],
      [{ kind: 'raiseTimer', high: true }, { physical: { pending: p27, signalled: 1023 } }],
      [hostEoi, { physical: { active: p41, signalled: 27 } }],
      [{ kind: 'physicalEnable', pIntId: 27, on: false }, { physical: { masked: p27, signalled: 1023 } }],
      [hostAck, { value: 1023 }],
      [{ kind: 'physicalEnable', pIntId: 27, on: true }, { physical: { masked: 0, signalled: 27 } }],
      [{ kind: 'physicalActive', pIntId: 27, on: true }, { physical: { active: p27 + p41, signalled: 1023 } }],
      [{ kind: 'raiseTimer', high: false }, { physical: { pending: 0 } }],
      [{ kind: 'hostDir', pIntId: 27 }, { physical: { active: p41 } }],
      [{ kind: 'physicalActive', pIntId: 41, on: false }, { physical: { active: 0 } }],
      [{ kind: 'physicalPending', pIntId: 40, on: true }, { physical: { pending: p40, signalled: 40 } }],
      [{ kind: 'physicalPending', pIntId: 40, on: false }, { physical: { pending: 0, signalled: 1023 } }],
    ));

  // The known deviations about SPIs that stay active would hide a deactivation that does not reach its interrupt.
  test.each([
    [27, p27, { kind: 'raiseTimer', high: true }, { kind: 'raiseTimer', high: false }],
    [40, p40, raise, lower],
    [41, p41, { kind: 'pulse', wire: 'p41' }, undefined],
  ] as const)('completion in the guest deactivates %i, in both modes', async (pIntId, bit, up, down) => {
    const write: VgicEvent = { ...forward, pIntId };
    const taken: [VgicEvent, Expected][] = [
      [up, { physical: { pending: bit, active: 0, signalled: pIntId } }],
      [hostAck, { value: pIntId, physical: { active: bit, signalled: 1023 } }],
      [hostEoi, {}],
      [write, {}],
      [iar, { value: 34, physical: { active: bit } }],
    ];
    const again = { physical: { pending: bit, active: 0, signalled: pIntId } };
    const atRest = { physical: { pending: 0, active: 0, signalled: 1023 } };
    const quiet: [VgicEvent, Expected][] = down === undefined ? [] : [[down, { physical: { active: bit } }]];
    const repeat: [VgicEvent, Expected][] = down === undefined ? [[up, { physical: { active: bit } }]] : [];
    await check({ eoiMode: 0 }, ...taken, ...quiet, [eoir, atRest]);
    await check({ eoiMode: 0 }, ...taken, ...repeat, [eoir, again]);
    const drop: [VgicEvent, Expected] = [eoir, { physical: { active: bit, signalled: 1023 } }];
    await check({ eoiMode: 1 }, ...taken, ...quiet, drop, [dir(34), atRest]);
    await check({ eoiMode: 1 }, ...taken, ...repeat, drop, [dir(34), again]);
  });

  test('every event of the profile that it does not lack', async () => {
    const { actors } = profiles.arch;
    const lacks: readonly string[] = implementation.systems.vgic.lacks;
    const elsewhere: readonly unknown[] = [1, 2, 'spi32.vm0', 'spi32.vm1', 'spi33.vm0', 'spi33.vm1'];
    const events = pack<VgicEvent>(alphabet).events.filter((event) => {
      if (!actors.some((actor) => actor === alphabet[event.kind].by) || lacks.includes(event.kind)) return false;
      if ('vcpu' in event && event.vcpu !== 0) return false;
      return !('wire' in event) || !(elsewhere.includes(event.wire) || event.wire.startsWith('ppi30'));
    });
    const played = await qemu.play(events.map((event) => ({ config: defaults, events: [event] })));
    expect(played.map((seen) => seen.length)).toEqual(events.map(() => 1));
  });

  test('what was played before, and beside, makes no difference', async () => {
    const events = [raise, hostAck, hostEoi, forward, writeLr({ lr: 1, priority: 0x40 }), iar, iar, eoir, lower, eoir];
    const sequence = { config: { ...defaults, groups: 'both' }, events } as const;
    const mess: VgicEvent[] = [
      ctlr(0x17),
      { kind: 'pulse', wire: 'p41' },
      { kind: 'raiseTimer', high: true },
      raise,
      hostAck,
      { kind: 'physicalActive', pIntId: 41, on: true },
      { kind: 'physicalEnable', pIntId: 40, on: false },
      { kind: 'bpr', vcpu: 0, value: 6 },
      writeLr({ lr: 3, state: 'pending+active', eoi: true, priority: 0 }),
      { kind: 'writeHcr', value: 0xff },
    ];
    const [alone] = await qemu.play([sequence]);
    const messy = { config: defaults, events: mess };
    const batches = [
      [sequence, messy, sequence],
      [messy, messy, sequence, messy, sequence, sequence],
    ];
    const both = await Promise.all(batches.map((batch) => qemu.play(batch)));
    both.forEach((answers, b) =>
      answers.forEach((seen, i) => {
        if (batches[b][i] === sequence) expect(seen).toEqual(alone);
        else expect(seen).toHaveLength(mess.length);
      }),
    );
  });
});

test('QEMU is missing: create says so and names the package', async () => {
  const path = process.env['PATH'];
  process.env['PATH'] = '/nowhere';
  try {
    const failure = implementation.create();
    await expect(failure).rejects.toMatchObject({ code: 'E_ADAPTER_MISSING' });
    await expect(failure).rejects.toThrow(/qemu-system-aarch64.*qemu-system-arm/);
  } finally {
    process.env['PATH'] = path;
  }
});
