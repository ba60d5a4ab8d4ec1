import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { VgicEvent } from '../../spec/vgic/alphabet.ts';
import type { VgicConfiguration } from '../../spec/vgic/configuration.ts';
import { QemuGic } from './qemu-gic.ts';
import { QemuLane } from './qemu-lane.ts';

const folder = mkdtempSync(join(tmpdir(), 'virq-fake-gic-'));
afterAll(() => rmSync(folder, { recursive: true }));
let count = 0;

/**
 * A program that is started like QEMU and answers all commands with zeros, except that `before(command, times)` is run
 * first; `times` says how often this program was started.
 */
function fakeGic(before: string): string {
  const path = join(folder, `qemu-${count++}`);
  const log = `${path}.log`;
  writeFileSync(
    path,
    `#!${process.execPath}
    const { appendFileSync, readFileSync } = require('node:fs');
    appendFileSync(${JSON.stringify(log)}, 'x');
    const times = readFileSync(${JSON.stringify(log)}, 'utf8').length;
    const socket = require('node:net').connect(process.argv[process.argv.indexOf('-qtest') + 1].slice('unix:'.length));
    const answers = { readl: 'OK 0x' + '0'.repeat(16), readq: 'OK 0x' + '0'.repeat(16) };
    let rest = '';
    socket.on('data', (data) => {
      const lines = (rest + data).split('\\n');
      rest = lines.pop();
      for (const command of lines) {
        const [verb, , length] = command.split(' ');
        ${before}
        if (verb === 'b64read') socket.write('OK ' + Buffer.alloc(Number(length)).toString('base64') + '\\n');
        else socket.write((answers[verb] ?? 'OK') + '\\n');
      }
    });`,
    { mode: 0o755 },
  );
  return path;
}

const config: VgicConfiguration = {
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
const rpr: VgicEvent = { kind: 'rpr', vcpu: 0 };
/** Writes GICV_EOIR, which nothing else does in these tests. */
const fatal: VgicEvent = { kind: 'eoirSpurious', vcpu: 0, id: 1022 };
const good = { config, events: [rpr, rpr] };
const bad = { config, events: [rpr, rpr, fatal, rpr] };
const isFatal = "command === 'writel 0x8040010 0x3fe'";

test('QEMU dies of a sequence: the error names the event, and the next sequence has a fresh QEMU', async () => {
  const lane = new QemuLane({ program: fakeGic(`if (${isFatal}) { console.error('Aborted'); process.exit(3); }`) });
  const failure = lane.play(bad);
  await expect(failure).rejects.toMatchObject({ code: 'E_ADAPTER_DIED' });
  await expect(failure).rejects.toThrow(/code 3[^]*Aborted[^]*fails as well, at event 3 of 4[^]*1022[^]*"events":\[/);
  expect(await lane.play(good)).toHaveLength(2);
  await lane.close();
});

test('QEMU dies once: the error says that it cannot be repeated', async () => {
  const lane = new QemuLane({ program: fakeGic(`if (${isFatal} && times === 1) process.exit(3);`) });
  const failure = lane.play(bad);
  await expect(failure).rejects.toMatchObject({ code: 'E_ADAPTER_DIED' });
  await expect(failure).rejects.toThrow(/It happened once/);
  await lane.close();
});

test('QEMU hangs at a sequence', async () => {
  const lane = new QemuLane({ program: fakeGic(`if (${isFatal}) return;`), replyDeadline: 200 });
  const failure = lane.play(bad);
  await expect(failure).rejects.toMatchObject({ code: 'E_ADAPTER_TIMEOUT' });
  await expect(failure).rejects.toThrow(/at event 3 of 4/);
  await lane.close();
});

test('QEMU answers rubbish', async () => {
  const lane = new QemuLane({ program: fakeGic(`if (${isFatal}) { socket.write('huh\\n'); continue; }`) });
  const failure = lane.play(bad);
  await expect(failure).rejects.toMatchObject({ code: 'E_ADAPTER_OUTPUT' });
  await expect(failure).rejects.toThrow(/huh[^]*at event 3 of 4/);
  await lane.close();
});

test('a closed lane plays no more', async () => {
  const lane = new QemuLane({ program: fakeGic(`if (${isFatal}) process.exit(3);`) });
  await lane.play(good);
  await lane.close();
  await expect(lane.play(good)).rejects.toThrow(/closed/);
});

test('one sequence of a batch kills QEMU: the batch fails, later ones do not', async () => {
  const gic = await new QemuGic({ program: fakeGic(`if (${isFatal}) process.exit(3);`) }).start();
  const failure = gic.play([good, good, bad, good, good, good]);
  const beside = gic.play([good, good]);
  await expect(failure).rejects.toMatchObject({ code: 'E_ADAPTER_DIED' });
  expect(await beside).toHaveLength(2);
  expect((await gic.play([good, good, good, good])).map((seen) => seen.length)).toEqual([2, 2, 2, 2]);
  await gic.close();
});
