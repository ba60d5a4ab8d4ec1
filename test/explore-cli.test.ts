import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { ExplorationDocument } from '../src/report/explore-json.ts';
import { scratch, virq } from './fixtures/virq.ts';

vi.setConfig({ testTimeout: 60_000 });

const smallest = ['--posters', '1', '--config', 'pcpus=1', '--config', 'devicePosting=false'];
const explore = (...args: readonly string[]) => virq(['explore', 'posted-interrupts', ...args], scratch());

describe('virq explore', () => {
  test('all states of a small configuration: conforms, exit code 0', async () => {
    const { code, stdout } = await explore(...smallest);
    expect(stdout).toMatch(/^✓ posted-interrupts {3}optimized {3}conforms {3}profile interleaved/);
    expect(stdout).toContain('45,204, all that can be reached');
    expect(stdout).toContain('56 events to the state farthest away');
    expect(code).toBe(0);
  });

  test('--json: one document and nothing beside it', async () => {
    const { code, stdout, stderr } = await explore(...smallest, '--impl', 'reference', '--json');
    const document = JSON.parse(stdout) as ExplorationDocument;
    expect(document).toMatchObject({ format: 'virq-exploration/1', verdict: 'conforms', exitCode: 0, states: 45_204 });
    expect([code, stderr]).toEqual([0, '']);
  });

  test.each([
    ['--depth', '10', 'the limit of depth'],
    ['--states', '2000', 'the limit of states'],
  ])('%s %s cuts it: inconclusive, exit code 4', async (option, value, why) => {
    const { code, stdout } = await explore(...smallest, option, value);
    expect(stdout).toMatch(/^\? posted-interrupts {3}optimized {3}inconclusive/);
    expect(stdout).toContain(`${why} cut it`);
    expect(code).toBe(4);
  });

  test('a fault: its shortest counterexample is told, kept, and replayed; exit code 1', async () => {
    const here = scratch();
    const found = await virq(['explore', 'posted-interrupts', '--impl', 'fault:sync-clears-on-after-pir'], here);
    expect(found.code).toBe(1);
    expect(found.stdout).toMatch(/^✗ posted-interrupts {3}fault:sync-clears-on-after-pir/);
    expect(found.stdout).toContain('10 events, none shorter');
    expect(found.stdout).toContain('← here');
    expect(found.stdout).toContain('posted-interrupts/posted-vector-is-announced');
    const [, file] = found.stdout.match(/npx virq replay (\S+) --impl/)!;
    expect(existsSync(join(here, file!))).toBe(true);
    expect((JSON.parse(readFileSync(join(here, file!), 'utf8')) as { events: unknown[] }).events).toHaveLength(10);
    expect((await virq(['replay', file!], here)).code).toBe(1);
    expect((await virq(['replay', file!, '--impl', 'reference'], here)).code).toBe(0);
  });

  test('a livelock: the case that is kept has the events that show it', async () => {
    const here = scratch();
    const args = ['--impl', 'fault:block-check-ignores-pir', '--posters', '1', '--config', 'pcpus=1'];
    const found = await virq(['explore', 'posted-interrupts', ...args, '--json'], here);
    expect(found.code).toBe(1);
    const { counterexample } = JSON.parse(found.stdout) as ExplorationDocument;
    expect(counterexample!.clause).toBe('posted-interrupts/everything-is-delivered-in-the-end');
    const kept = JSON.parse(readFileSync(join(here, counterexample!.file!), 'utf8')) as { events: unknown[] };
    expect(kept.events).toEqual(counterexample!.steps.map(({ event }) => event));
    expect((await virq(['replay', counterexample!.file!], here)).code).toBe(1);
  });

  test.skipIf(process.platform === 'win32')('Ctrl-C keeps what is known', async () => {
    const { code, signal, stdout, stderr } = await virq(
      ['explore', 'posted-interrupts', '--impl', 'reference'],
      scratch(),
      (kill, onError) =>
        onError((text) => {
          if (text.includes('states')) kill('SIGINT');
        }),
    );
    expect(stderr).toMatch(
      /^posted-interrupts: depth \d+, \S+( k)? states, \S+( k)? states\/s, frontier \S+( k)?, \d+ MB$/m,
    );
    expect(stderr).toContain('Stopping; once more to end at once.');
    expect(stdout).toMatch(/inconclusive, interrupted/);
    expect(stdout).toMatch(/[\d,]+ of them not gone on from: an interruption cut it/);
    expect([code, signal]).toEqual([4, null]);
  });

  test.each([
    [['explore'], "missing required argument 'system'"],
    [['explore', 'vgic'], 'vgic has no profile that is small enough to be explored'],
    [['explore', 'posted-interrupt'], "Did you mean 'posted-interrupts'?"],
    [['explore', 'posted-interrupts', '--depth', '-1'], 'whole number'],
    [['explore', 'posted-interrupts', '--states', '0'], 'whole number'],
    [['explore', 'posted-interrupts', '--posters', '3'], "posters cannot be '3'"],
    [['explore', 'posted-interrupts', '--posters', '0'], 'profile interleaved does not have posters=0'],
    [['explore', 'posted-interrupts', '--config', 'vcpus=2'], 'profile interleaved does not have vcpus=2'],
    [['explore', 'posted-interrupts', '--config', 'pcpus'], 'key=value'],
    [['explore', 'posted-interrupts', '--impl', 'qemu-gic'], "there is no model to explore 'qemu-gic'"],
    [['explore', 'posted-interrupts', '--impl', 'fault:none'], 'there is no model to explore'],
  ])('wrong usage, exit code 2: %j', async (args, message) => {
    const { code, stdout, stderr } = await virq(args, scratch());
    expect(stderr).toContain(message);
    expect([code, stdout]).toEqual([2, '']);
  });
});
