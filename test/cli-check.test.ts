import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import type { ReportDocument } from '../src/report/json-report.ts';
import { main, moduleFile, scratch, virq } from './fixtures/virq.ts';

// Each test starts processes, and the machine may be busy with others.
vi.setConfig({ testTimeout: 90_000 });

const good = ['check', 'vgic', '--impl', moduleFile('base'), '--runs', '200', '--seed', '7'];
const bad = ['check', 'vgic', '--impl', moduleFile('misses-pulse'), '--runs', '500', '--seed', '7'];
const document = (text: string): ReportDocument => JSON.parse(text) as ReportDocument;

describe('reports', () => {
  test('terminal: verdict, seed and figures; plain text where it is piped', async () => {
    const { code, stdout } = await virq(good, scratch());
    expect(code).toBe(0);
    expect(stdout).toMatch(/^✓ vgic {3}\S+base.mjs {3}conforms {3}profile arch, seed 7\n/);
    expect(stdout).toContain('200 sequences');
    // oxlint-disable-next-line no-control-regex
    expect(stdout).not.toMatch(/\u001b/);
  });

  test('json, junit and tap: nothing but the document on standard output, nothing at all beside it', async () => {
    const here = scratch();
    const [json, junit, tap] = await Promise.all(
      ['json', 'junit', 'tap'].map((reporter) => virq([...good, '--reporter', reporter], here)),
    );
    expect(document(json!.stdout).verdict).toBe('conforms');
    expect(junit!.stdout).toMatch(/^<\?xml[^]*<\/testsuites>\n$/);
    expect(tap!.stdout).toMatch(/^TAP version 14\n1\.\.\d+\n/);
    expect([json!.stderr, junit!.stderr, tap!.stderr]).toEqual(['', '', '']);
  });

  test('--output: the document in the file, the text for people on standard output', async () => {
    const here = scratch();
    const { code, stdout } = await virq([...bad, '--reporter', 'tap', '--output', 'out.tap'], here);
    expect(code).toBe(1);
    expect(stdout).toContain('✗ vgic');
    expect(readFileSync(join(here, 'out.tap'), 'utf8')).toMatch(/^TAP version 14\n/);
  });

  test('the same seed plays the same sequences', async () => {
    const here = scratch();
    const runs = await Promise.all([1, 2].map(() => virq([...good, '--reporter', 'json'], here)));
    const [a, b] = runs.map(({ stdout }) => document(stdout).results[0]!);
    expect({ ...a, seconds: 0 }).toEqual({ ...b, seconds: 0 });
  });

  test.skipIf(process.platform !== 'linux')('a full disk behind a redirection is no success', async () => {
    const script = '"$0" "$@" > /dev/full';
    const { status, stderr } = spawnSync('bash', ['-c', script, process.execPath, main, ...good], { encoding: 'utf8' });
    expect(stderr).toContain('cannot write to standard output');
    expect(status).toBe(2);
  });

  test('whoever reads may stop reading', async () => {
    const script = '"$0" "$1" list vgic --clauses | head -1; echo "${PIPESTATUS[0]}"';
    const { stdout, stderr } = spawnSync('bash', ['-c', script, process.execPath, main], { encoding: 'utf8' });
    expect(stdout).toBe('Clauses of vgic\n0\n');
    expect(stderr).toBe('');
  });
});

describe('counterexamples', () => {
  test('are told, kept, replayed, explained, and replayed first in the next run', async () => {
    const here = scratch();
    const found = await virq(bad, here);
    expect(found.code).toBe(1);
    expect(found.stdout).toContain('← here');
    expect(found.stdout).toMatch(/shrunk \d+ → 2 events/);
    const command = found.stdout.match(/npx virq (replay \S+) --impl (\S+)/)!;
    const [replay, file] = command[1]!.split(' ') as [string, string];
    expect(existsSync(join(here, file))).toBe(true);

    const again = await virq([replay, file], here);
    expect([again.code, again.stdout]).toEqual([1, expect.stringContaining('(replayed)')]);
    const passes = await virq([replay, file, '--impl', 'optimized'], here);
    expect([passes.code, passes.stdout]).toEqual([0, expect.stringContaining('passes')]);
    const explained = await virq(['explain', file], here);
    expect([explained.code, explained.stdout]).toEqual([0, expect.stringContaining('host-acknowledge')]);

    const corpus = await virq([...bad, '--reporter', 'json'], here);
    const { sequences, replayed, counterexamples } = document(corpus.stdout).results[0]!;
    expect([sequences, counterexamples[0]!.file]).toEqual([0, file]);
    expect(replayed).toBeGreaterThanOrEqual(1);
  });

  test('that cannot be kept are printed: nothing is lost', async () => {
    const here = scratch();
    symlinkSync('/nonexistent/folder', join(here, 'dangling'));
    const people = await virq([...bad, '--corpus', 'dangling'], here);
    expect(people.code).toBe(1);
    expect(people.stdout).toContain('cannot keep the case in dangling');
    expect(people.stdout).not.toContain('npx virq replay');
    const printed = people.stdout.slice(people.stdout.indexOf('here it is:\n') + 'here it is:\n'.length);
    writeFileSync(join(here, 'copied.json'), printed);
    expect((await virq(['replay', 'copied.json'], here)).code).toBe(1);

    const programs = await virq([...bad, '--corpus', 'dangling', '--reporter', 'json'], here);
    expect(document(programs.stdout).results[0]!.counterexamples).toHaveLength(1);
    expect(programs.stderr).toContain('cannot keep the case');
  });

  test('a corpus that cannot be read is wrong usage', async () => {
    const here = scratch();
    mkdirSync(join(here, 'virq-cases', 'vgic'), { recursive: true });
    writeFileSync(join(here, 'virq-cases', 'vgic', 'half.json'), '{"format": "virq-case/1", "ev');
    const { code, stderr } = await virq(bad, here);
    expect(stderr).toContain('virq-cases/vgic/half.json: not JSON');
    expect(code).toBe(2);
  });

  test('shrink writes the smaller case', async () => {
    const here = scratch();
    const [pulse, ack] = [{ kind: 'pulse', wire: 'p41' }, { kind: 'hostAck' }];
    const events = [ack, ack, pulse, pulse, ack, ack];
    const config = { profile: 'arch', nrLr: 2 };
    writeFileSync(
      join(here, 'long.json'),
      JSON.stringify({ format: 'virq-case/1', system: 'vgic', config, events, note: 'by hand' }),
    );
    const impl = ['--impl', moduleFile('misses-pulse')];
    const printed = await virq(['shrink', 'long.json', ...impl], here);
    expect(printed.code).toBe(1);
    const smaller = JSON.parse(printed.stdout) as { events: unknown[]; config: { nrLr: number }; note: string };
    expect(smaller.events.length).toBe(2);
    expect([smaller.config.nrLr, smaller.note]).toEqual([4, 'by hand']);
    await virq(['shrink', 'long.json', ...impl, '--output', 'short.json'], here);
    expect(JSON.parse(readFileSync(join(here, 'short.json'), 'utf8'))).toEqual(smaller);
  });
});

describe('implementations', () => {
  const json = ['--reporter', 'json', '--seed', '3'];

  test.each(['optimized', 'reference'])('%s conforms', async (impl) => {
    const { code, stdout } = await virq(['check', 'vgic', '--impl', impl, '--runs', '60', ...json], scratch());
    const [result] = document(stdout).results;
    expect([code, result!.verdict, result!.profile, result!.sequences]).toEqual([0, 'conforms', 'kvm', 60]);
  });

  test('a fault is found, told and kept', async () => {
    const here = scratch();
    const listed = await virq(['list', 'vgic', '--faults', '--json'], here);
    const { systems } = JSON.parse(listed.stdout) as { systems: { faults: { id: string }[] }[] };
    const impl = `fault:${systems[0]!.faults[0]!.id}`;
    const { code, stdout } = await virq(['check', '--impl', impl, '--runs', '10000', ...json], here);
    const [found] = document(stdout).results[0]!.counterexamples;
    expect([code, found!.implementation]).toEqual([1, impl]);
    expect((await virq(['replay', found!.file!], here)).code).toBe(1);
  });

  test.skipIf(!process.features.typescript)('the example conforms to all that it brings', async () => {
    const example = fileURLToPath(new URL('../examples/own-implementation.ts', import.meta.url));
    const { code, stdout } = await virq(['check', '--impl', example, '--runs', '400', ...json], scratch());
    const [result] = document(stdout).results;
    expect([code, result!.verdict, result!.profile]).toEqual([0, 'conforms', 'arch']);
  });

  test('parameters can be fixed', async () => {
    const here = scratch();
    const fixed = ['--config', 'nrLr=2', '--config', 'encoding=gicv3', '--profile', 'arch', '--runs', '50'];
    const { code, stdout } = await virq(['check', 'vgic', ...fixed, ...json], here);
    const { coverage } = document(stdout).results[0]!;
    expect(code).toBe(0);
    expect([coverage['vgic/ich-lr-layout']! > 0, coverage['vgic/gich-lr-layout']]).toEqual([true, 0]);
  });
});

describe('known deviations', () => {
  const config = { profile: 'arch' };
  const deviation = (events: readonly object[]): string =>
    JSON.stringify({
      format: 'virq-baseline/1',
      deviations: [{ id: 'known', why: 'a test', case: { format: 'virq-case/1', system: 'vgic', config, events } }],
    });

  test('that still occur do not fail the run', async () => {
    const here = scratch();
    writeFileSync(join(here, 'known.json'), deviation([{ kind: 'pulse', wire: 'p41' }, { kind: 'hostAck' }]));
    const { code, stdout } = await virq([...bad, '--baseline', 'known.json'], here);
    expect(stdout).toContain('known and still there: known');
    expect(code).toBe(0);
  });

  test('that no longer occur fail it', async () => {
    const here = scratch();
    writeFileSync(join(here, 'known.json'), deviation([{ kind: 'pulse', wire: 'p41' }]));
    const { code, stdout } = await virq([...good, '--baseline', 'known.json'], here);
    expect(stdout).toContain('stale, no longer occurs');
    expect(code).toBe(1);
  });
});

describe('signals', () => {
  const endless = ['check', 'vgic', '--impl', moduleFile('base'), '--time', '60'];

  test.each(['SIGINT', 'SIGTERM'] as const)('%s ends a run in order: inconclusive', async (signal) => {
    const { code, stdout, stderr } = await virq(endless, scratch(), (kill) => setTimeout(() => kill(signal), 2500));
    expect(stderr).toContain('Stopping');
    expect(stdout).toContain('inconclusive, interrupted');
    expect(code).toBe(4);
  });
});
