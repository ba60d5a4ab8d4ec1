import { describe, expect, test } from 'vitest';
import { qtestCommand } from './qtest-command.ts';
import { parseChange, parseReply, shapeOf, type ReplyShape } from './qtest-reply.ts';

const parse = (text: string, shape: ReplyShape): readonly number[] | undefined =>
  parseReply(Buffer.from(`..${text}..`), 2, 2 + text.length, shape);

describe('replies', () => {
  test.each<[ReplyShape, string, number[]]>([
    ['none', 'OK', []],
    ['word', 'OK 0x00000000f84c0001', [0xf84c0001]],
    ['pair', 'OK 0x000003ff000000ff', [0xff, 0x3ff]],
    ['block', 'OK //8AAAUAAAA=', [0xffff, 5]],
    ['block', 'OK AQAAAA==', [1]],
    ['block', 'OK AQAAAAIAAAADAACA', [1, 2, 0x80000003]],
  ])('%s: %s', (shape, text, words) => {
    expect(parse(text, shape)).toEqual(words);
  });

  test.each<[ReplyShape, string]>([
    ['none', 'OK 0x0000000000000000'],
    ['none', 'FAIL Unknown device'],
    ['word', 'OK'],
    ['word', 'OK 0x1'],
    ['word', 'OK 0x00000000f84c000g'],
    ['word', ''],
    ['block', 'OK '],
    ['block', 'OK AQA'],
    ['block', 'OK AQ!AAA=='],
    ['block', 'OK AQAA'],
  ])('no %s: %s', (shape, text) => {
    expect(parse(text, shape)).toBeUndefined();
  });
});

test('every command has the shape of its reply', () => {
  const { read, readPair, readBlock, write, writeByte, writeBit, fill, setLine, watchCpu } = qtestCommand;
  expect([read(4), readPair(8), readBlock(0, 2)].map(shapeOf)).toEqual(['word', 'pair', 'block']);
  const others = [write(4, 1), writeByte(4, 1), writeBit(4, 40), fill(0, 8, 0), setLine(40, true), watchCpu()];
  expect(others.map(shapeOf)).toEqual(others.map(() => 'none'));
  expect(['', 'bogus 1', 'readl'].map(shapeOf)).toEqual([undefined, undefined, undefined]);
});

test('changes of lines', () => {
  const change = (text: string): unknown => parseChange(Buffer.from(text), 0, text.length);
  expect(change('IRQ raise 2')).toEqual({ line: 2, high: true });
  expect(change('IRQ lower 0')).toEqual({ line: 0, high: false });
  expect(['IRQ raise 9', 'IRQ raise', 'IRQ other 2', 'I'].map(change)).toEqual(Array(4).fill(undefined));
});

test('lines that do not exist are refused here: QEMU would abort', () => {
  expect(() => qtestCommand.setLine(15, true)).toThrow(RangeError);
  expect(() => qtestCommand.setLine(288, true)).toThrow(RangeError);
});
