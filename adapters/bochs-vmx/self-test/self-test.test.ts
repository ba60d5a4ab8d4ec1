import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SequenceResult } from '../answer.ts';
import { BochsVmx } from '../bochs-vmx.ts';
import { readCapabilities } from '../capabilities.ts';
import { initialControls } from '../initial-controls.ts';
import { level2Code } from '../level2-code.ts';
import { machineEdit as edit } from '../machine-edit.ts';
import { missingPackages } from '../required-programs.ts';
import { source } from '../source.ts';
import { sdmCases } from './index.ts';
import { describe as describeResult, sequenceOf } from './sdm-case.ts';

const missing = [...missingPackages().keys()];
/** CI installs the packages: there their absence is a failure. */
const skips = missing.length > 0 && process.env['CI'] === undefined;
const title = skips ? `bochs-vmx (SKIPPED: apt-get install ${missing.join(' ')})` : 'bochs-vmx';

const cases = Object.values(sdmCases).flat();
const vmcall = { watch: [source.vmcs('exitReason')], operations: [edit.code(level2Code.nop), edit.enter] } as const;
const answersOf = (results: readonly SequenceResult[]): string[][] =>
  results.map((result, i) => describeResult(result, cases[i].shows));

describe.skipIf(skips)(title, () => {
  let machine: BochsVmx;
  let seen: readonly string[][];

  beforeAll(async () => {
    machine = await BochsVmx.create({ sequence: 5_000 });
    seen = answersOf(await machine.play(cases.map(sequenceOf)));
  }, 60_000);
  afterAll(() => machine?.close());

  describe.each(Object.entries(sdmCases))('%s', (_, group) => {
    test.each(group)('$name', (one) => {
      expect(seen[cases.indexOf(one)]).toEqual(one.deviation?.seen ?? one.expected);
    });
  });

  test('a deviation deviates', () => {
    for (const { name, deviation, expected } of cases)
      if (deviation) expect(deviation.seen, name).not.toEqual(expected);
  });

  test('outcomes do not depend on what was played before', async () => {
    const backwards = await machine.play(cases.map(sequenceOf).toReversed());
    expect(answersOf(backwards.toReversed())).toEqual(seen);
  });

  test('a processor that never comes back is reported for its sequence only', async () => {
    const waitForSipi = { watch: [], operations: [...edit.fields({ guestActivity: 3 }), edit.enter] };
    const outcomes = await machine.play([vmcall, waitForSipi, vmcall]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['done', 'abandoned', 'done']);
    expect(outcomes[2].answers[0]).toMatchObject({ kind: 'exit' });
  }, 30_000);

  test('handlers that record without end are reported', async () => {
    const endless = {
      watch: [],
      operations: [edit.handler(6, { quiet: true }), edit.code(level2Code.ud2), edit.enter],
    };
    expect((await machine.play([endless]))[0]).toMatchObject({
      outcome: 'abandoned',
      why: 'the handlers of L2 recorded more events than fit',
    });
  });

  test('an operation of L1 that faults does nothing and is answered so', async () => {
    const debugctl = source.msr(0x1d9);
    const reserved = { kind: 'set', source: source.msr(0x277), value: 0x7777_7777 } as const;
    const readOnlyField = { kind: 'set', source: source.vmcsEncoding(0x7fff), value: 1 } as const;
    const [{ answers }] = await machine.play([
      { watch: [], operations: [{ kind: 'get', source: debugctl }, reserved, readOnlyField] },
    ]);
    expect(answers).toEqual([
      { kind: 'fault', vector: 13, errorCode: 0 },
      { kind: 'fault', vector: 13, errorCode: 0 },
      { kind: 'refused', how: 'VMfailValid' },
    ]);
  });

  test('the initial controls are what a sequence finds', async () => {
    const fields = ['pinControls', 'processorControls', 'secondaryControls', 'exitControls', 'entryControls'] as const;
    const operations = fields.map((field) => ({ kind: 'get', source: source.vmcs(field) }) as const);
    const [{ answers }] = await machine.play([{ watch: [], operations }]);
    const values = answers.map((answer) => (answer.kind === 'value' ? Number(answer.value) : undefined));
    expect(values).toEqual(Object.values(initialControls));
  });

  test('capabilities: virtual-interrupt delivery, but no posted interrupts', async () => {
    const { controls, ...rest } = await readCapabilities(machine);
    expect(controls.secondary).toContain('virtualInterruptDelivery');
    expect(controls.pin).not.toContain('postedInterrupts');
    expect(rest).toMatchObject({
      zeroLengthInjection: true,
      noErrorCodeCheck: true,
      savesEferLma: true,
      timerShift: 0,
    });
  });
});
