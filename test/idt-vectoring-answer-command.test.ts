import { describe, expect, it, test, vi } from 'vitest';
import type { AnyConfiguration } from '../spec/alphabet.ts';
import type { WordImplementation } from '../spec/contract.ts';
import { eventClasses } from '../spec/idt-vectoring/event-classes.ts';
import { idtVectoring } from '../spec/idt-vectoring.ts';
import type { IdtVectoringEvent } from '../spec/idt-vectoring/alphabet.ts';
import type { SystemSpec } from '../spec/system.ts';
import { answerIdtVectoring } from '../properties/idt-vectoring/answer/answer.ts';
import { Comparison, packing } from '../properties/idt-vectoring/answer/comparison.ts';
import { defaultConfiguration } from '../properties/idt-vectoring/answer/words.ts';
import { OptimizedIdtVectoring } from '../src/optimized/idt-vectoring/index.ts';
import { answerExitCodes, type AnswerDocument } from '../src/report/answer-json.ts';
import { answerText } from '../src/report/answer-text.ts';
import { widthOf } from '../src/report/layout.ts';
import { plainPage } from '../src/report/page.ts';
import { scratch, virq } from './fixtures/virq.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const optimized = (): WordImplementation => new OptimizedIdtVectoring() as unknown as WordImplementation;

/** The fast implementation, but its hypervisor never injects again. */
function forgetful(): WordImplementation {
  const machine = new OptimizedIdtVectoring();
  const reset = machine.reset.bind(machine);
  machine.reset = (config): void => reset({ ...config, profile: 'drop' });
  return machine as unknown as WordImplementation;
}

const spec = idtVectoring as unknown as SystemSpec;
const small = { depth: 4, runs: 300, seed: 1 };
const answer = await answerIdtVectoring(optimized, small);

describe('the answer', () => {
  it('is what is expected of each class, and the model confirms each sequence', () => {
    expect(answer.verdict).toBe('agrees');
    for (const { policies, expected } of answer.rows) {
      expect(policies[0]!.verdict).toBe(expected);
      for (const { shortest, broken } of policies) {
        if (shortest !== undefined) expect(shortest.isConfirmed).toBe(true);
        for (const one of broken) expect(one.shortest?.isConfirmed ?? true).toBe(true);
      }
    }
  });

  it.each(answer.rows.filter(({ expected }) => expected === 'no'))(
    '$name: the traces of the model part, and with one event less they do not',
    ({ name, policies: [drop] }) => {
      const { config, events, length, normative, other } = drop!.shortest!;
      expect(normative).not.toEqual(other);
      const codes = events.slice(0, length).map((event) => packing.code(event));
      const comparison = new Comparison('drop', optimized);
      const shows = (fewer: readonly number[]): boolean =>
        comparison.play(config, fewer) && comparison.judged.at(-1)!.name === name;
      expect(shows(codes)).toBe(true);
      for (const at of codes.keys()) expect(shows(codes.filter((_, i) => i !== at))).toBe(false);
    },
  );

  it('says that the proposal keeps what is no hardware exception', () => {
    const kept = answer.rows.filter(({ policies }) => policies[1]!.verdict === 'kept').map(({ name }) => name);
    expect(kept).toEqual([
      'software-exception',
      'software-interrupt',
      'soft-event-in-sti-shadow',
      'privileged-software-exception',
      'external-interrupt',
      'nmi',
    ]);
  });

  it('agrees with the list in every class that the list decided', () => {
    const decided = answer.rows.filter(({ others }) => others.agrees !== undefined);
    expect(decided.map(({ others }) => others.agrees)).toEqual(decided.map(() => true));
    expect(decided).toHaveLength(eventClasses.filter(({ theListHeld }) => theListHeld === 'no').length);
  });

  it('is the same from the same seed', async () => {
    const tiny = { depth: 2, runs: 100, seed: 7 };
    const [first, second] = [await answerIdtVectoring(optimized, tiny), await answerIdtVectoring(optimized, tiny)];
    expect({ ...second, seconds: 0 }).toEqual({ ...first, seconds: 0 });
  });

  it('contradicts where nobody injects again', async () => {
    const found = await answerIdtVectoring(forgetful, { depth: 2, runs: 0, seed: 1 });
    expect([found.verdict, answerExitCodes[found.verdict]]).toEqual(['contradicts', 1]);
    const nmi = found.rows.find(({ name }) => name === 'nmi')!;
    expect([nmi.expected, nmi.policies[0]!.verdict]).toEqual(['no', 'yes']);
    expect(answerText(found, spec, plainPage())).toContain('nmi: expected no, computed yes');
  });

  it('ends early, and says so', async () => {
    const found = await answerIdtVectoring(optimized, { ...small, signal: AbortSignal.abort() });
    expect([found.isInterrupted, answerExitCodes[found.verdict]]).toEqual([true, 4]);
  });

  it.each([60, 80, 100, 140])('fits %i columns', (width) => {
    expect(widthOf(answerText(answer, spec, plainPage(width)))).toBeLessThanOrEqual(width);
  });
});

describe('a comparison', () => {
  const comparison = new Comparison('drop', optimized);
  const page: IdtVectoringEvent = { kind: 'obstruct', obstacle: 'page' };
  const judge = (events: readonly IdtVectoringEvent[], parameters: AnyConfiguration = {}) => {
    const config = { ...defaultConfiguration, ...parameters } as AnyConfiguration;
    comparison.play(
      config,
      events.map((event) => packing.code(event)),
    );
    return comparison.judged.map(({ name, broken, differs }) => [name, broken, differs]);
  };

  it('finds a fault that comes back to be the same', () => {
    expect(judge([page, { kind: 'fault', vector: 13 }])).toEqual([['fault-alone', '', false]]);
  });

  it('goes on after a cut that made no difference', () => {
    const events: readonly IdtVectoringEvent[] = [page, { kind: 'int3' }, { kind: 'nop' }, page, { kind: 'nmi' }];
    expect(judge([...events, { kind: 'nop' }])).toEqual([
      ['software-exception', '', false],
      ['nmi', '', true],
    ]);
  });

  it('tells the type of INT1 apart', () => {
    expect(judge([page, { kind: 'int1' }])).toEqual([['privileged-software-exception', '', false]]);
    expect(judge([page, { kind: 'int1' }], { int1Type: 3 })).toEqual([
      ['privileged-software-exception', 'its type is 3', true],
    ]);
  });

  it('knows a single step on an instruction with a breakpoint from the breakpoint', () => {
    const events: readonly IdtVectoringEvent[] = [
      { kind: 'codeBreakpoint' },
      page,
      { kind: 'popf', tf: true },
      { kind: 'iret', meets: 'nothing' },
      { kind: 'nop' },
    ];
    expect(judge(events)).toEqual([['debug-trap', '', true]]);
  });

  it('knows the fault of a delivery from that of the instruction, though that has come back in the same event', () => {
    const events: readonly IdtVectoringEvent[] = [
      { kind: 'fault', vector: 17 },
      { kind: 'spoil', fault: 'ac', found: 'hypervisor' },
      { kind: 'spoil', fault: 'pf', found: 'processor' },
      { kind: 'obstruct', obstacle: 'pml' },
      { kind: 'iret', meets: 'pf' },
    ];
    expect(judge([...events, { kind: 'nop' }]).at(-1)![0]).not.toBe('fault-alone');
    expect(judge([...events, { kind: 'enter' }, { kind: 'enter' }, { kind: 'nop' }]).at(-1)).toEqual([
      'fault-of-a-delivery',
      '',
      true,
    ]);
  });

  it('blames nothing that may come back where two events were cut short', () => {
    const events: readonly IdtVectoringEvent[] = [
      page,
      { kind: 'spoil', fault: 'ss', found: 'hypervisor' },
      { kind: 'fault', vector: 0 },
    ];
    expect(judge(events)).toEqual([['unclear', '', true]]);
  });
});

describe('virq answer', () => {
  const run = (...args: readonly string[]) => virq(['answer', ...args], scratch());

  test('the table, and exit code 0', async () => {
    const { code, stdout } = await run('idt-vectoring', '--runs', '100');
    expect(stdout).toMatch(/^✓ idt-vectoring {3}every row as expected/);
    expect(stdout).toContain('obstruct page; fault 13; nmi');
    expect(code).toBe(0);
  });

  test('--json: one document; what was not met is inconclusive, exit code 4', async () => {
    const { code, stdout, stderr } = await run('idt-vectoring', '--depth', '2', '--runs', '0', '--json');
    const document = JSON.parse(stdout) as AnswerDocument;
    expect(document).toMatchObject({ format: 'virq-answer/1', verdict: 'inconclusive', exitCode: 4, depth: 2 });
    expect(document.rows).toHaveLength(eventClasses.length);
    expect([code, stderr]).toEqual([4, '']);
  });

  test.each([
    [['vgic'], 'vgic has no question to answer'],
    [['idt-vectorin'], "there is no system 'idt-vectorin'"],
    [['idt-vectoring', '--depth', '0'], 'It must be a whole number, 1 or more'],
  ])('%j: wrong usage, exit code 2', async (args, message) => {
    const { code, stderr } = await run(...args);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });
});
