import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findExecutable } from './find-executable.ts';
import { fieldOf, gicFields, packFields } from './gic-fields.ts';
import { gicLines } from './gic-lines.ts';
import { gicMap } from './gic-map.ts';
import { gicObservation } from './gic-observation.ts';
import { resetCommands } from './gic-reset.ts';
import { qtestCommand as q } from './qtest-command.ts';
import { startQtest, type QtestProcess } from './qtest-process.ts';
import { skipped } from './without-qemu.ts';

const lines = [27, 40, 41];

/** Everything that a reset must restore, except registers that reading changes. */
const dump = [
  ...gicObservation.commands,
  q.read(gicMap.GICD_CTLR),
  q.readBlock(gicMap.GICD_IGROUPR, 2),
  q.readBlock(gicMap.GICD_IPRIORITYR, 16),
  q.readBlock(gicMap.GICD_ICFGR, 4),
  q.readBlock(gicMap.GICD_CPENDSGIR, 4),
  q.readBlock(gicMap.GICC_CTLR, 3),
  q.readBlock(gicMap.GICC_RPR, 3),
  q.readBlock(gicMap.GICC_APR, 8),
  q.readBlock(gicMap.GICV_CTLR, 3),
  q.readBlock(gicMap.GICV_RPR, 3),
];

const pendingLr = packFields(gicFields.GICH_LR, { VirtualID: 34, Priority: 0xa0 >> 3, State: 1 });
const vmcr = packFields(gicFields.GICH_VMCR, { EnableGrp0: 1, VMABP: 3, VMBP: 2, VMPriMask: 31 });

test('fields are packed where the manual has them', () => {
  expect(pendingLr).toBe(0x1a000022);
  expect(vmcr).toBe(0xf84c0001);
  expect(fieldOf(pendingLr, gicFields.GICH_LR.VirtualID)).toBe(34);
  expect(packFields(gicFields.GICH_LR, { HW: 1, PhysicalID: 0x3ff, State: 3 })).toBe(0xb00ffc00);
});

describe.skipIf(skipped !== undefined)(`the GIC of QEMU${skipped ?? ''}`, () => {
  let qemu: QtestProcess;
  beforeAll(async () => {
    qemu = await startQtest();
    await qemu.connection.submit([q.watchCpu()]);
  });
  afterAll(() => qemu.close());

  test('an interrupt is forwarded, acknowledged and completed', async () => {
    const forwarded = pendingLr | packFields(gicFields.GICH_LR, { HW: 1, PhysicalID: 40 });
    const replies = await qemu.connection.submit([
      ...resetCommands(lines),
      q.writeBit(gicMap.GICD_ISENABLER, 40),
      q.write(gicMap.GICC_PMR, 0xff),
      q.write(gicMap.GICC_CTLR, packFields(gicFields.CTLR, { EnableGrp0: 1, EOImode: 1 })),
      q.write(gicMap.GICD_CTLR, 1),
      q.write(gicMap.GICH_VMCR, vmcr),
      q.write(gicMap.GICH_HCR, 1),
      q.setLine(40, true),
      q.read(gicMap.GICC_IAR),
      q.write(gicMap.GICC_EOIR, 40),
      q.write(gicMap.GICH_LR, forwarded),
      q.read(gicMap.GICV_IAR),
      ...gicObservation.commands,
      q.write(gicMap.GICV_EOIR, 34),
      ...gicObservation.commands,
    ]);
    const tail = replies.slice(-16);
    const { irq, virq } = gicLines.cpu;
    expect(tail.slice(0, 5)).toEqual([
      { words: [], changes: [{ line: irq, high: true }] },
      { words: [40], changes: [{ line: irq, high: false }] },
      { words: [], changes: [] },
      { words: [], changes: [{ line: virq, high: true }] },
      { words: [34], changes: [{ line: virq, high: false }] },
    ]);
    expect(gicObservation.decode(tail, 5)).toMatchObject({ apr: 1 << 20, elrsr: 0xe, active: [0, 1 << 8] });
    expect(gicObservation.decode(tail, 11)).toMatchObject({ apr: 0, elrsr: 0xf, pending: [0, 1 << 8], active: [0, 0] });
  });

  test('the maintenance interrupt is seen in the distributor', async () => {
    const replies = await qemu.connection.submit([
      ...resetCommands(lines),
      q.write(gicMap.GICH_HCR, packFields(gicFields.GICH_HCR, { En: 1, UIE: 1 })),
      ...gicObservation.commands,
    ]);
    const observed = gicObservation.decode(replies, replies.length - gicObservation.commands.length);
    expect(observed.misr).toBe(packFields(gicFields.GICH_MISR, { U: 1 }));
    expect(gicObservation.maintenance(observed)).toBe(true);
  });

  test('a reset leaves nothing behind', async () => {
    const fresh = await startQtest();
    const clean = await fresh.connection.submit(dump);
    await fresh.close();

    const { GICC_CTLR: from, GICC_ABPR: to } = gicMap;
    const replies = await qemu.connection.submit([
      ...resetCommands(lines),
      ...[gicMap.GICD_IGROUPR, gicMap.GICD_ISENABLER, gicMap.GICD_ISPENDR, gicMap.GICD_ISACTIVER].map((register) =>
        q.fill(register, 2, 0xff),
      ),
      q.fill(gicMap.GICD_IPRIORITYR, 16, 0x55),
      q.fill(gicMap.GICD_ICFGR, 4, 0xff),
      q.fill(gicMap.GICD_SPENDSGIR, 4, 0xff),
      ...lines.map((intid) => q.setLine(intid, true)),
      ...[from, gicMap.GICC_PMR, gicMap.GICC_BPR, to].map((address) => q.write(address, 0xffff_ffff)),
      q.fill(gicMap.GICC_APR, 8, 0x11),
      q.fill(gicMap.GICH_APR, 8, 0x11),
      q.write(gicMap.GICH_VMCR, 0xffff_ffff),
      q.write(gicMap.GICH_HCR, 0xffff_ffff),
      q.write(gicMap.GICD_CTLR, 3),
      ...resetCommands(lines),
      ...dump,
    ]);
    expect(replies.slice(-dump.length)).toEqual(clean);
    expect(replies.reduce((level, { changes }) => gicObservation.linesAfter(level, changes), 0)).toBe(0);
  });

  test.skipIf(findExecutable('setpriv') === undefined)(
    'QEMU dies with its parent, even one that is killed',
    async () => {
      const source = `import { startQtest } from '${import.meta.dirname}/qtest-process.ts';
      const { pid } = await startQtest();
      console.log(pid);`;
      const parent = spawn(process.execPath, ['--input-type=module', '--eval', source]);
      const pid = Number(await new Promise((resolve) => parent.stdout.once('data', resolve)));
      expect(runs(pid)).toBe(true);
      parent.kill('SIGKILL');
      await expect.poll(() => runs(pid)).toBe(false);
    },
  );
});

/** Whether a process runs; a dead one whose new parent has not asked for it yet does not. */
function runs(pid: number): boolean {
  try {
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
