import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { startQtest } from './qtest-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'virq-fake-qemu-'));
afterAll(() => rmSync(folder, { recursive: true }));
let count = 0;

/** A program of ours that is started like QEMU. */
function program(body: string): string {
  const path = join(folder, `qemu-${count++}`);
  writeFileSync(path, `#!${process.execPath}\n${body}`, { mode: 0o755 });
  return path;
}

/** A program that connects, and runs `answer` whenever `commands` arrive on `socket`. */
function fake(answer: string): string {
  return program(`
    const path = process.argv[process.argv.indexOf('-qtest') + 1].slice('unix:'.length);
    const socket = require('node:net').connect(path);
    socket.on('data', (data) => { const commands = String(data).trim().split('\\n'); ${answer} });`);
}

async function failureOf(answer: string, replyDeadline = 5000): Promise<unknown> {
  const qemu = await startQtest({ program: fake(answer), replyDeadline });
  const failure: unknown = await qemu.connection.submit(['readl 0x8000000', 'writel 0x8000000 0x1']).catch((e) => e);
  await expect(qemu.connection.submit(['readl 0x8000000'])).rejects.toBe(failure);
  await qemu.close();
  return failure;
}

test('replies may come in any pieces, and changes belong to the reply that follows', async () => {
  const text = 'OK 0x0000000000000001\nIRQ raise 2\nIRQ lower 2\nOK\n';
  const answer = `[...${JSON.stringify(text)}].forEach((c, i) => setTimeout(() => socket.write(c), i));`;
  const qemu = await startQtest({ program: fake(answer) });
  expect(await qemu.connection.submit(['readl 0x8000000', 'writel 0x8000000 0x1'])).toEqual([
    { words: [1], changes: [] },
    {
      words: [],
      changes: [
        { line: 2, high: true },
        { line: 2, high: false },
      ],
    },
  ]);
  await qemu.close();
});

test('batches may overlap', async () => {
  const qemu = await startQtest({ program: fake("socket.write('OK\\n'.repeat(commands.length));") });
  const sizes = [1, 3, 0, 500, 2];
  const batches = sizes.map((size) => qemu.connection.submit(Array<string>(size).fill('writel 0x8000000 0x1')));
  expect((await Promise.all(batches)).map((replies) => replies.length)).toEqual(sizes);
  await qemu.close();
});

test('what is no command is not sent', async () => {
  const qemu = await startQtest({ program: fake('') });
  await expect(qemu.connection.submit(['frobnicate 1'])).rejects.toThrow(TypeError);
  await qemu.close();
});

test('missing program: names the package', async () => {
  const failure = startQtest({ program: 'qemu-system-nowhere' });
  await expect(failure).rejects.toMatchObject({ code: 'E_ADAPTER_MISSING' });
  await expect(failure).rejects.toThrow(/qemu-system-nowhere.*qemu-system-arm/);
});

test('a program that ends at once: shows what it printed', async () => {
  const failure = startQtest({ program: program("console.error('unsupported machine type'); process.exit(1);") });
  await expect(failure).rejects.toMatchObject({ code: 'E_ADAPTER_DIED' });
  await expect(failure).rejects.toThrow(/exited with code 1[^]*unsupported machine type/);
});

test('a program that never connects', async () => {
  const failure = startQtest({ program: program('setInterval(() => {}, 1000);'), startDeadline: 300 });
  await expect(failure).rejects.toMatchObject({ code: 'E_ADAPTER_TIMEOUT' });
});

test('death in the middle: shows what was printed last', async () => {
  const failure = await failureOf(
    "socket.write('OK 0x0000000000000001\\n'); console.error('Assertion failed'); process.kill(process.pid, 'SIGABRT');",
  );
  expect(failure).toMatchObject({ code: 'E_ADAPTER_DIED' });
  expect(String(failure)).toMatch(/died of SIGABRT[^]*Assertion failed/);
});

test('a hang: names the command', async () => {
  const failure = await failureOf("socket.write('OK 0x0000000000000001\\n');", 300);
  expect(failure).toMatchObject({ code: 'E_ADAPTER_TIMEOUT' });
  expect(String(failure)).toMatch(/writel 0x8000000 0x1.*300 ms/);
});

test.each([
  ['rubbish', 'hello', /readl 0x8000000.*hello/],
  ['a refusal', 'FAIL Unknown device', /readl 0x8000000.*FAIL Unknown device/],
  ['a reply to another command', 'OK', /readl 0x8000000.*OK/],
  ['a change that is none', 'IRQ explode 2', /IRQ explode 2/],
])('%s instead of a reply', async (_, line, message) => {
  const failure = await failureOf(`socket.write(${JSON.stringify(`${line}\n`)});`);
  expect(failure).toMatchObject({ code: 'E_ADAPTER_OUTPUT' });
  expect(String(failure)).toMatch(message);
});
