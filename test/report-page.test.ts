import { expect, test } from 'vitest';
import { columns, widthOf } from '../src/report/layout.ts';
import { pageOf, plainPage, wantsColours } from '../src/report/page.ts';
import { progressLine } from '../src/report/progress.ts';

const terminal = { isTTY: true, columns: 80 };

test.each([
  [terminal, {}, true],
  [{}, {}, false],
  [{}, { CI: 'true' }, false],
  [terminal, { NO_COLOR: '1' }, false],
  [terminal, { NO_COLOR: '' }, true],
  [terminal, { TERM: 'dumb' }, false],
  [{}, { FORCE_COLOR: '1' }, true],
  [terminal, { FORCE_COLOR: '0' }, false],
  [{}, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
])('colours on %o with %o: %s', (stream, env, expected) => {
  expect(wantsColours(stream, env)).toBe(expected);
});

test('the width is that of the terminal, within reason', () => {
  expect(pageOf(terminal, {}).width).toBe(80);
  expect(pageOf({ isTTY: true, columns: 20 }, {}).width).toBe(60);
  expect(pageOf({ isTTY: true, columns: 400 }, {}).width).toBe(140);
  expect(pageOf({}, { COLUMNS: '90' }).width).toBe(90);
  expect(pageOf({}, {}).width).toBe(100);
});

test('columns give way where it costs the fewest lines', () => {
  const rows = [
    ['a', 'short', 'one two three four five six seven eight nine ten'],
    ['b', 'short', 'x'],
  ];
  const text = columns(rows, 40, [0]);
  expect(text.split('\n').every((line) => widthOf(line) <= 40)).toBe(true);
  expect(text.split('\n')[0]).toMatch(/^a {2}short {2}one two/);
});

test('a colour that spans lines is set on each of them', () => {
  const { paint } = pageOf(terminal, {});
  const lines = columns([['a', paint.red('one two three four five six')]], 20, [0]).split('\n');
  expect(lines.length).toBeGreaterThan(1);
  for (const line of lines) expect(line).toContain('\u001b[31m');
});

const progress = {
  system: 'vgic', phase: 'search', sequences: 31_204, events: 1_200_000, seconds: 6, clausesReached: 98,
  clausesTotal: 114, done: 0.4, violations: 0,
} as const; // prettier-ignore

test('the progress line has a bar, the figures and the time left, and never wraps', () => {
  expect(progressLine(progress, plainPage(100))).toBe(
    'vgic   ━━━━━━━───────────   31 k sequences   200 k events/s   clauses 98/114   9 s left',
  );
  for (const width of [60, 70, 80, 100]) expect(widthOf(progressLine(progress, plainPage(width)))).toBeLessThan(width);
  expect(progressLine({ ...progress, violations: 2, phase: 'shrink' }, plainPage(80))).toContain('2 found   shrinking');
});
