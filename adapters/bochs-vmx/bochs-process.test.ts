import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { BochsProcess } from './bochs-process.ts';
import { BochsVmx } from './bochs-vmx.ts';

const image = { rom: '/nowhere', kernel: '/nowhere' };
const deadlines = { start: 500, sequence: 500 };
const works = (program: string, ...args: string[]): boolean => spawnSync(program, args).status === 0;
const canIsolate =
  works('setpriv', '--version') && (works('unshare', '-n', 'true') || works('unshare', '-r', '-n', 'true'));

/** Programs in place of Bochs that break in every way there is. */
describe.skipIf(!canIsolate)(`bochs-process${canIsolate ? '' : ' (SKIPPED: no unshare -n or setpriv)'}`, () => {
  let folder: string;
  let path: string;
  const bochsIs = (script: string): void => {
    writeFileSync(join(folder, 'bochs-bin'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, 'bochs-bin'), 0o755);
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'virq-bochs-test-'));
    path = process.env['PATH'] ?? '';
    vi.stubEnv('PATH', folder + delimiter + path);
    vi.stubEnv('TMPDIR', folder);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });

  test('that ends at once: died, with its status and the end of its log', async () => {
    bochsIs('echo "no such thing" > log; exit 3');
    await expect(BochsProcess.start(image, deadlines)).rejects.toMatchObject({
      code: 'E_ADAPTER_DIED',
      message: expect.stringMatching(/status 3.*no such thing/s),
    });
  });

  test('that never gets ready: timeout', async () => {
    bochsIs('sleep 60');
    await expect(BochsProcess.start(image, deadlines)).rejects.toMatchObject({ code: 'E_ADAPTER_TIMEOUT' });
  });

  test('whose hypervisor gives up: died, with its reason', async () => {
    bochsIs(`printf 'noise\\004out of luck\\n'; sleep 60`);
    await expect(BochsProcess.start(image, deadlines)).rejects.toMatchObject({
      code: 'E_ADAPTER_DIED',
      message: expect.stringContaining('out of luck'),
    });
  });

  test('that answers nothing: rubbish', async () => {
    bochsIs(`printf '\\001'; sleep 0.2; printf '\\002\\003'; sleep 60`);
    const bochs = await BochsProcess.start(image, deadlines);
    await expect(bochs.run([Uint8Array.of(0)])).rejects.toMatchObject({ code: 'E_ADAPTER_OUTPUT' });
    bochs.close();
  });

  test('that dies in a block: died', async () => {
    bochsIs(`printf '\\001'; sleep 0.2; printf '\\002'; exit 1`);
    const bochs = await BochsProcess.start(image, deadlines);
    await expect(bochs.run([Uint8Array.of(0)])).rejects.toMatchObject({ code: 'E_ADAPTER_DIED' });
    bochs.close();
  });

  test('that hangs in the second sequence of a block: runaway, and which', async () => {
    bochsIs(`printf '\\001'; sleep 0.2; printf '\\002\\002'; sleep 60`);
    const bochs = await BochsProcess.start(image, deadlines);
    const block = [Uint8Array.of(0), Uint8Array.of(0), Uint8Array.of(0)];
    await expect(bochs.run(block)).resolves.toEqual({ outcome: 'runaway', index: 1 });
    bochs.close();
  });

  test('leaves no files behind', async () => {
    bochsIs('exit 1');
    await expect(BochsProcess.start(image, deadlines)).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(['bochs-bin']);
  });

  test('missing programs: the message names the Debian packages', async () => {
    vi.stubEnv('PATH', folder);
    await expect(BochsVmx.create()).rejects.toMatchObject({
      code: 'E_ADAPTER_MISSING',
      message: expect.stringMatching(/bochs-bin.*apt-get install bochs nasm gcc binutils util-linux/),
    });
  });
});
