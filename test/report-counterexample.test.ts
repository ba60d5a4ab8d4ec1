import { expect, test } from 'vitest';
import { counterexampleText } from '../src/report/counterexample-text.ts';
import { widthOf } from '../src/report/layout.ts';
import { pageOf, plainPage } from '../src/report/page.ts';
import {
  fakeCounterexample,
  fakeEquivalence,
  fakeLawBreach,
  fakePrecondition,
  fakeReset,
  fakeSpec,
} from './fixtures/fake-report.ts';

// The goldens are what a reader sees. `npx vitest run test/report-counterexample.test.ts --update` writes them anew:
// commit only changes that you can explain.

const file = 'virq-cases/vgic/7c1e90ab.json';
const claim = 'Every accepted interrupt is delivered, or pending in a nameable place.';

test.each([80, 120])('a refinement failure at %i columns', async (width) => {
  const text = counterexampleText(fakeCounterexample, { spec: fakeSpec, file }, plainPage(width));
  await expect(`${text}\n`).toMatchFileSnapshot(`golden/refinement-${width}.txt`);
});

test.each([80, 120])('a broken law at %i columns', async (width) => {
  const text = counterexampleText(fakeLawBreach, { spec: fakeSpec, file, claim }, plainPage(width));
  await expect(`${text}\n`).toMatchFileSnapshot(`golden/law-${width}.txt`);
});

test.each([
  ['equivalence', fakeEquivalence],
  ['reset', fakeReset],
  ['precondition', fakePrecondition],
])('%s', async (name, found) => {
  const text = counterexampleText(found, { spec: fakeSpec, file, claim }, plainPage(80));
  await expect(`${text}\n`).toMatchFileSnapshot(`golden/${name}-80.txt`);
});

test.each([60, 80, 100, 140])('fits %i columns, but for the command that is copied', (width) => {
  for (const found of [fakeCounterexample, fakeLawBreach]) {
    const text = counterexampleText(found, { spec: fakeSpec, file, claim }, plainPage(width));
    const lines = text.split('\n').filter((line) => !line.includes('npx virq replay'));
    expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(width);
  }
});

test('nothing is cut, and every event of the case is there', () => {
  const text = counterexampleText(fakeCounterexample, { spec: fakeSpec, file }, plainPage(80));
  expect(text).not.toContain('…');
  for (const { kind } of fakeCounterexample.case.events) expect(text).toContain(kind);
});

test('colours change nothing but the colour', () => {
  const coloured = pageOf({ isTTY: true, columns: 80 }, { TERM: 'xterm' });
  const text = counterexampleText(fakeCounterexample, { spec: fakeSpec, file }, coloured);
  expect(text).toContain('\u001b[31m');
  // oxlint-disable-next-line no-control-regex
  expect(text.replaceAll(/\u001b\[\d+m/g, '')).toBe(
    counterexampleText(fakeCounterexample, { spec: fakeSpec, file }, plainPage(80)),
  );
});

test('a difference in bits that have no name shows the words', () => {
  const odd = {
    ...fakeCounterexample,
    steps: [
      {
        ...fakeCounterexample.steps[2]!,
        differs: [
          {
            section: 'listRegister', index: 0, label: 'pcpu0.lr0', field: 'low',
            allowed: [0x9a00a022], observed: 0x9a20a022, defined: 0xffffffff,
          }, // prettier-ignore
        ],
      },
    ],
  };
  const text = counterexampleText(odd, { spec: fakeSpec }, plainPage(120));
  expect(text).toContain('lr0 0x9a00a022 0x00000000');
  expect(text).toContain('lr0 0x9a20a022 0x00000000');
});

test('undefined bits are not shown as a difference', () => {
  const masked = {
    ...fakeCounterexample,
    steps: [
      {
        ...fakeCounterexample.steps[0]!,
        differs: [
          {
            section: 'interface', index: 0, label: 'pcpu0', field: 'hcr',
            allowed: [0x1], observed: 0xf8000003, defined: 0x7ff,
          }, // prettier-ignore
        ],
      },
    ],
  };
  const text = counterexampleText(masked, { spec: fakeSpec }, plainPage(120));
  expect(text).toContain('hcr UIE=1');
  expect(text).not.toContain('EOICount');
});
