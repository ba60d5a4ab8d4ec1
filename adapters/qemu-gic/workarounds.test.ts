import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootCommands } from './gic-boot.ts';
import { gicFields, packFields } from './gic-fields.ts';
import { gicLines } from './gic-lines.ts';
import { gicMap } from './gic-map.ts';
import { qtestCommand as q } from './qtest-command.ts';
import type { Reply } from './qtest-reply.ts';
import { startQtest, type QtestProcess } from './qtest-process.ts';
import { skipped } from './without-qemu.ts';
import { workarounds } from './workarounds.ts';

const boot = (eoiMode: 0 | 1): readonly string[] =>
  bootCommands({
    profile: 'arch',
    encoding: 'gicv2',
    nrLr: 4,
    eoiMode,
    groups: 'g0only',
    vcpus: 1,
    vms: 1,
    pcpus: 1,
    tieBreak: 'lowestLr',
    disabledGroup: 'hides',
    hwDeactivation: true,
    distEnableRequeues: false,
  });

/** A QEMU that needs a workaround no longer: take it out of workarounds.ts, and this test with it. */
describe.skipIf(skipped !== undefined)(`deviations of QEMU that the adapter steps around${skipped ?? ''}`, () => {
  let qemu: QtestProcess;
  beforeAll(async () => {
    qemu = await startQtest();
    await qemu.connection.submit([q.watchCpu()]);
  });
  afterAll(() => qemu.close());

  const last = async (count: number, commands: readonly string[]): Promise<readonly Reply[]> =>
    (await qemu.connection.submit(commands)).slice(-count);

  test.each([
    ['GICV_EOIR', 0, [q.write(gicMap.GICV_EOIR, 34)]],
    ['GICV_DIR', 1, [q.write(gicMap.GICV_EOIR, 34), q.write(gicMap.GICV_DIR, 34)]],
  ] as const)('completion-does-not-signal: %s', async (_, eoiMode, completion) => {
    const forwarded = { VirtualID: 34, PhysicalID: 40, HW: 1, State: 1, Priority: 20 };
    const [completed, active, acknowledged, step, acknowledgedNow] = await last(5, [
      ...boot(eoiMode),
      q.setLine(40, true),
      q.read(gicMap.GICC_IAR),
      q.write(gicMap.GICC_EOIR, 40),
      q.write(gicMap.GICH_LR, packFields(gicFields.GICH_LR, forwarded)),
      q.read(gicMap.GICV_IAR),
      ...completion,
      q.read(gicMap.GICD_ISACTIVER + 4),
      q.read(gicMap.GICC_IAR),
      ...workarounds.afterCompletion,
      q.read(gicMap.GICC_IAR),
    ]);
    expect(active.words).toEqual([0]);
    expect(completed.changes).toEqual([]);
    expect(acknowledged.words).toEqual([1023]);
    expect(step.changes).toEqual([{ line: gicLines.cpu.irq, high: true }]);
    expect(acknowledgedNow.words).toEqual([40]);
  });
});
