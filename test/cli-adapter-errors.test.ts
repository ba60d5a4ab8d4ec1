import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { moduleFile, scratch, virq } from './fixtures/virq.ts';

// Each test starts processes, and the machine may be busy with others.
vi.setConfig({ testTimeout: 90_000 });

const here = scratch();
const short = ['--runs', '20', '--seed', '1', '--step-timeout', '0.5'];

test.each([
  ['throws-while-loading', 'E_ADAPTER_THREW', 'no licence found'],
  ['does-not-start', 'E_ADAPTER_THREW', 'port 4711 is taken'],
  ['throws', 'E_ADAPTER_THREW', 'TypeError: the device is not there'],
  ['throws-later', 'E_ADAPTER_THREW', 'when nobody had called it: Error: an afterthought'],
  ['hangs', 'E_ADAPTER_TIMEOUT', 'within 0.5 s'],
  ['rubbish', 'E_ADAPTER_OUTPUT', 'expected an unsigned 32-bit integer, got "eleven"'],
  ['exits', 'E_ADAPTER_DIED', 'the implementation ended the process'],
])('%s: exit code 3, %s', async (name, code, message) => {
  const ran = await virq(['check', 'vgic', '--impl', moduleFile(name), ...short], here);
  const said = (ran.stdout + ran.stderr).replaceAll(/\s+/g, ' ');
  expect(said).toContain(code);
  expect(said).toContain(message);
  expect(said).not.toContain('conforms');
  expect(ran.code).toBe(3);
});

test('a module that is no JavaScript: exit code 3', async () => {
  const file = join(here, 'own.mjs');
  writeFileSync(file, 'export default {');
  const { code, stderr } = await virq(['check', '--impl', file], here);
  expect(stderr).toMatch(/the loading of \S+own.mjs: SyntaxError/);
  expect(code).toBe(3);
});

test('a call that never returns ends the process with a word, and with no code of a verdict', async () => {
  const ran = await virq(['check', 'vgic', '--impl', moduleFile('never-returns'), ...short], here);
  expect(ran.stderr).toContain('has not returned from a call for 0.5 s');
  expect(ran.signal).toBe('SIGKILL');
});

test('the document says so too', async () => {
  const ran = await virq(['check', 'vgic', '--impl', moduleFile('throws'), '--reporter', 'junit', ...short], here);
  expect(ran.stdout).toMatch(/^<\?xml/);
  expect(ran.stdout).toContain('type="E_ADAPTER_THREW"');
  expect(ran.code).toBe(3);
});

test('replay tells a broken implementation from a wrong one', async () => {
  const found = await virq(
    ['check', 'vgic', '--impl', moduleFile('misses-pulse'), '--runs', '500', '--seed', '1', '--reporter', 'json'],
    here,
  );
  const { results } = JSON.parse(found.stdout) as { results: { counterexamples: { file: string }[] }[] };
  const { file } = results[0]!.counterexamples[0]!;
  expect((await virq(['replay', file, '--impl', moduleFile('throws')], here)).code).toBe(3);
  expect((await virq(['replay', file, '--impl', moduleFile('misses-pulse')], here)).code).toBe(1);
});
